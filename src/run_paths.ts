import { dirname, join, resolve } from 'node:path'

/** Where a run keeps what it writes, below its folder. No other file of src names such a path; test/tidy.test.ts holds it. */
export const runPaths = {
  log: 'data/streams.db',
  deadLetters: 'data/dead-letters',
  store: 'data/store.db',
  raw: 'data/raw',
  features: 'data/processed/features.parquet',
  windows: 'data/processed/windows.parquet',
  featuresLive: 'data/processed/features_live.parquet',
  demoLock: 'data/demo/running.db',
  models: 'models/artifacts',
  evaluation: 'models/artifacts/evaluation.json',
  former: 'models/former',
  challenger: 'models/challenger',
  journal: 'mlruns',
  mlflowStore: 'mlruns/server',
  reports: 'reports',
  exploration: 'reports/exploration.json',
  evaluationPdf: 'reports/model_eval.pdf',
  modelCard: 'reports/model_card_v1.md',
  walkForward: 'reports/walk_forward',
  judged: 'reports/judged',
  judgements: 'reports/judgements.ndjson',
  plots: 'reports/plots',
  drift: 'reports/evidently',
  handoff: 'handoff',
} as const

/** Where a demo records, and its log: the first of such places that holds nothing of anybody. */
export function demoPaths(attempt: number): { raw: string; log: string } {
  const suffix = attempt === 1 ? '' : `-${attempt}`
  return { raw: `data/raw/demo${suffix}`, log: `data/demo${suffix}/streams.db` }
}

/** Where npm start keeps what it runs on, below its folder; models lie there as after any training. */
export const deskPaths = {
  folder: 'data/desk',
  log: 'streams.db',
  raw: 'raw',
  features: 'features.parquet',
  rows: 'rows_to_train.parquet',
  parts: 'parts.json',
  champion: 'champion.json',
  profile: 'train.profile',
  drift: 'drift',
  compiled: 'compiled',
  asked: 'challenger_asked.json',
  logs: 'logs',
  lock: 'running.db',
} as const

/** The files that training and inference write beside a feature file. */
export function besideFeatures(features: string) {
  const folder = dirname(features)
  return {
    train: join(folder, 'features_train.parquet'),
    validation: join(folder, 'features_validation.parquet'),
    test: join(folder, 'features_test.parquet'),
    predictions: join(folder, 'predictions.parquet'),
    scores: join(folder, 'scores.parquet'),
  }
}

/** Inside a hand-off folder, where it differs from a run. */
export const handoffPaths = {
  slice: 'data/slice',
  sliceFeatures: 'data/slice/features.parquet',
  slicePredictions: 'data/slice/predictions.parquet',
  predictions: 'data/predictions.parquet',
  modelCard: 'docs/model_card_v1.md',
} as const

/** What is committed of one simulated run, below the checkout. */
export const examplePaths = {
  folder: 'docs/example',
  evaluation: 'docs/example/evaluation.json',
  exploration: 'docs/example/exploration.json',
  strip: 'docs/example/strip.json',
  printed: 'docs/example/demo.txt',
  evaluationPdf: 'docs/example/model_eval.pdf',
  modelCard: 'docs/model_card_v1.md',
} as const

/** The text with every path below the run as seen from the run, so that what is handed on names no path of this machine. */
export function seenFromRun(text: string, run: string): string {
  const given = join(run, '/')
  const shorter = text.replaceAll(`${resolve(run)}/`, '')
  return given === './' ? shorter : shorter.replaceAll(given, '')
}
