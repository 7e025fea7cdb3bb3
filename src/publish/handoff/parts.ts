import { copyFileSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SpikeError } from '../../errors.ts'
import { isTemporary, kindOf } from '../../files/place.ts'
import { besideFeatures, handoffPaths, runPaths, seenFromRun } from '../../run_paths.ts'
import { replacingNote } from '../../tracking/model_folder.ts'
import { readEvaluation } from '../read_evaluation.ts'
import { pythonPins } from './python_pins.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Of the checkout, not of the run. */
const fromRoot = [
  'docker/compose.yaml',
  'docker/Dockerfile.ingestor',
  'docker/Dockerfile.mlflow',
  'docker/prometheus/prometheus.yml',
  'docker/prometheus/alerts.yml',
  'docs/runbook.md',
  '.env.example',
  `${runPaths.handoff}/README.md`,
]
/** Whether a file is the README that stands in the hand-off folder of every checkout, and comes into each that is built. */
export function isOwnReadme(path: string): boolean {
  const own = readFileSync(join(root, runPaths.handoff, 'README.md'))
  return kindOf(path) === 'file' && readFileSync(path).equals(own)
}

/** Place in the run, place in the folder. */
const fromRun = {
  [runPaths.modelCard]: handoffPaths.modelCard,
  [runPaths.evaluationPdf]: runPaths.evaluationPdf,
  [runPaths.exploration]: runPaths.exploration,
  [runPaths.evaluation]: runPaths.evaluation,
  [besideFeatures(runPaths.features).predictions]: handoffPaths.predictions,
}

/**
 * The model folders of a finished run, the base first.
 * @throws SpikeError BAD_FILE, one line for each part of the run or of the checkout that is missing.
 */
export function findModels(run: string): string[] {
  const models = globSync(`${runPaths.models}/*/model.json`, { cwd: run })
    .map(path => dirname(path))
    .filter(path => !isTemporary(path))
    .sort()
  const faults = [
    ...Object.keys(fromRun)
      .filter(path => !existsSync(join(run, path)))
      .map(path => `${join(run, path)}: does not exist`),
    ...(existsSync(join(run, runPaths.drift)) ? [] : [`${join(run, runPaths.drift)}: does not exist`]),
    ...(models.length > 0 ? [] : [`${join(run, runPaths.models)}: holds no model folder`]),
    ...(existsSync(join(run, runPaths.models, replacingNote))
      ? [`${join(run, runPaths.models, replacingNote)}: a training was killed while it replaced its files`]
      : []),
    ...fromRoot.filter(path => !existsSync(join(root, path))).map(path => `${path}: is missing in the checkout`),
  ]
  if (faults.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      faults.map(fault => `${fault}; finish the run first (npm run demo, or train, drift and report)`),
    )
  const { base: name } = readEvaluation(join(run, runPaths.evaluation))
  const base = models.find(path => basename(path) === name) ?? models[0]
  return [base, ...models.filter(path => path !== base)]
}

/** Copies what a run and the checkout already have; drift reports without a path of this machine. */
export function copyParts(run: string, models: string[], folder: string): void {
  for (const path of fromRoot) copyInto(join(root, path), join(folder, path.replace(`${runPaths.handoff}/`, '')))
  for (const [from, to] of Object.entries(fromRun)) copyInto(join(run, from), join(folder, to))
  mkdirSync(join(folder, runPaths.drift), { recursive: true })
  for (const report of globSync(`${runPaths.drift}/*.{html,json}`, { cwd: run }))
    writeFileSync(join(folder, report), seenFromRun(readFileSync(join(run, report), 'utf8'), run))
  for (const model of models) cpSync(join(run, model), join(folder, model), { recursive: true })
  writeFileSync(join(folder, 'requirements.txt'), pythonPins(root))
}

function copyInto(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}
