import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { writeFileAtomically } from '../atomic.ts'
import { SpikeError } from '../errors.ts'
import { readEvaluation } from './read_evaluation.ts'
import { readStrip } from './strip.ts'

/**
 * Takes the numbers of a run of the simulated demo as the example of the committed documents: `docs/example/`
 * evaluation.json, strip.json and the drift reports.
 * @param run a folder that the demo wrote.
 * @throws SpikeError BAD_FILE when something is missing, BAD_ARGUMENT when the run is not simulated: captures are never committed.
 */
export async function importExample(run: string, root: string): Promise<void> {
  const evaluation = readEvaluation(join(run, 'models/artifacts/evaluation.json'))
  if (!evaluation.simulated)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `${run}: is a run on market data; committed examples come from the simulated demo`,
    )
  const test = join(run, 'data/processed/features_test.parquet')
  if (!existsSync(test)) throw new SpikeError('BAD_FILE', `${test}: does not exist; name a folder that the demo wrote`)
  const strip = await readStrip(test, evaluation.tau)
  const file = pathInRun(evaluation.source.file, run)
  const example = join(root, 'docs/example')
  const own = { ...evaluation, source: { ...evaluation.source, file } }
  await writeFileAtomically(join(example, 'evaluation.json'), `${JSON.stringify(own, null, 2)}\n`)
  await writeFileAtomically(join(example, 'strip.json'), `${JSON.stringify(strip)}\n`)
  for (const report of globSync('*.html', { cwd: join(run, 'reports/evidently') }))
    await writeFileAtomically(join(example, `drift_${report}`), readFileSync(join(run, 'reports/evidently', report)))
}

/** A path as seen from the run folder, so that no path of this machine is committed. */
function pathInRun(file: string, run: string): string {
  const inside = relative(resolve(run), resolve(file))
  if (!inside.startsWith('..') && !isAbsolute(inside)) return inside
  return isAbsolute(file) ? basename(file) : file
}
