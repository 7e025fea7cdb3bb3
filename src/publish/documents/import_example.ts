import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeEvaluation, evaluationForm } from '../../core/models/judge/evaluation.ts'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { keepOthers } from '../../files/keep_others.ts'
import { examplePaths, runPaths, seenFromRun } from '../../run_paths.ts'
import { readEvaluation } from '../read_evaluation.ts'
import { readExploration } from '../read_exploration.ts'
import { readStrip } from '../strip.ts'
import { judgedFiles, watchedOf } from '../write_reports.ts'

/**
 * Takes the numbers of a run of the simulated demo as the example of the committed documents: `docs/example/`
 * evaluation.json, exploration.json, strip.json and the drift reports.
 * @param run a folder that the demo wrote.
 * @throws SpikeError BAD_FILE when something is missing or would replace a file of others, BAD_ARGUMENT when the run is not simulated: captures are never committed.
 */
export async function importExample(run: string, root: string): Promise<void> {
  const evaluation = readEvaluation(join(run, runPaths.evaluation))
  if (!evaluation.simulated)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `${run}: is a run on market data; committed examples come from the simulated demo`,
    )
  const { test, predictions } = judgedFiles(run, join(run, runPaths.features))
  if (!existsSync(test)) throw new SpikeError('BAD_FILE', `${test}: does not exist; name a folder that the demo wrote`)
  const exploration = readExploration(join(run, runPaths.exploration))
  const strip = await readStrip(test, evaluation.tau, watchedOf(evaluation, predictions))
  refuseOthers(root)
  await writeFileAtomically(join(root, examplePaths.evaluation), seenFromRun(encodeEvaluation(evaluation), run))
  await writeFileAtomically(join(root, examplePaths.exploration), `${JSON.stringify(exploration)}\n`)
  await writeFileAtomically(join(root, examplePaths.strip), `${JSON.stringify(strip)}\n`)
  for (const report of globSync('*.html', { cwd: join(run, runPaths.drift) })) {
    const text = readFileSync(join(run, runPaths.drift, report), 'utf8')
    await writeFileAtomically(join(root, examplePaths.folder, `drift_${report}`), seenFromRun(text, run))
  }
}

function refuseOthers(root: string): void {
  keepOthers([join(root, examplePaths.evaluation)], first => first.includes(`"format": "${evaluationForm.format}"`))
  keepOthers([join(root, examplePaths.exploration)], first => first.startsWith('{"simulated":true,"source":{'))
  keepOthers([join(root, examplePaths.strip)], first => first.startsWith('{"products":[{"product":'))
}
