import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { type Config, configHash } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { specVersion } from '../features/spec.ts'
import { infer } from '../models/infer.ts'
import { replay } from '../tables/replay.ts'
import { featureSpec } from './feature_spec.ts'
import { type Manifest, writeManifest } from './handoff_manifest.ts'
import { cutSlice } from './handoff_slice.ts'
import { renderPng, renderSvg } from './plot.ts'
import { pythonPins } from './python_pins.ts'
import { readEvaluation } from './read_evaluation.ts'
import { readExploration } from './read_exploration.ts'
import { seenFromRun } from './run_paths.ts'
import { selectedBase } from './selected_base.ts'
import { plotTau } from './tau_plots.ts'

export interface HandoffOptions {
  /** Folder of a run: models/artifacts, data/processed, reports, docs. */
  run: string
  /** Raw data of that run: bronze or saved captures. */
  raw: string[]
  /** Folder to be built; one that an earlier hand-off wrote is replaced. */
  out: string
  config: Config
  /** Length of the raw slice. */
  minutes?: number
}

const root = fileURLToPath(new URL('..', import.meta.url))
/** Of the checkout, not of the run. */
const fromRoot = [
  'docker/compose.yaml',
  'docker/Dockerfile.ingestor',
  'docker/Dockerfile.mlflow',
  '.env.example',
  'handoff/README.md',
]
/** Place in the run, place in the folder. */
const fromRun = {
  'reports/model_card_v1.md': 'docs/model_card_v1.md',
  'reports/model_eval.pdf': 'reports/model_eval.pdf',
  'reports/exploration.json': 'reports/exploration.json',
  'models/artifacts/evaluation.json': 'models/artifacts/evaluation.json',
  'data/processed/predictions.parquet': 'data/predictions.parquet',
}

/**
 * Builds the folder that another team starts from: everything the milestones list, the last minutes of raw data with features and
 * predictions made from them alone, and a manifest with the sum of every file. It appears whole or not at all.
 * @throws SpikeError BAD_FILE, one line for each part of the run that is missing; BAD_ARGUMENT when `out` holds something else.
 */
export async function writeHandoff({ run, raw, out, config, minutes = 10 }: HandoffOptions): Promise<Manifest> {
  refuseForeign(out)
  const models = findModels(run)
  const temporary = `${out}.${process.pid}.tmp`
  try {
    mkdirSync(temporary, { recursive: true })
    for (const path of fromRoot)
      copyInto(join(root, path), join(temporary, path === 'handoff/README.md' ? 'README.md' : path))
    for (const [from, to] of Object.entries(fromRun)) copyInto(join(run, from), join(temporary, to))
    mkdirSync(join(temporary, 'reports/evidently'), { recursive: true })
    for (const report of globSync('reports/evidently/*.{html,json}', { cwd: run }))
      writeFileSync(join(temporary, report), seenFromRun(readFileSync(join(run, report), 'utf8'), run))
    for (const model of models) cpSync(join(run, model), join(temporary, model), { recursive: true })
    writeFileSync(join(temporary, 'config.yaml'), stringify(config))
    writeFileSync(join(temporary, 'requirements.txt'), pythonPins(root))
    const manifest = await fill(temporary, raw, config, models[0], minutes)
    const former = `${out}.${process.pid}.old`
    if (existsSync(out)) renameSync(out, former)
    renameSync(temporary, out)
    rmSync(former, { recursive: true, force: true })
    return manifest
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** Slice, its features and predictions, documents of this run, manifest. */
async function fill(folder: string, raw: string[], config: Config, model: string, minutes: number): Promise<Manifest> {
  const evaluation = readEvaluation(join(folder, 'models/artifacts/evaluation.json'))
  const cut = await cutSlice(raw, join(folder, 'data/slice'), minutes)
  const features = 'data/slice/features.parquet'
  const predictions = 'data/slice/predictions.parquet'
  const replayed = await replay({ raw: cut.files, out: join(folder, features), config })
  await infer({ features: join(folder, features), model: join(folder, model), out: join(folder, predictions) })
  const slice = {
    raw: cut.files.map(path => path.slice(folder.length + 1)),
    from: new Date(cut.from / 1000).toISOString(),
    to: new Date(cut.to / 1000).toISOString(),
    lines: cut.lines,
    rows: replayed.rows,
    digest: replayed.digest,
    features,
    predictions,
  }
  const exploration = readExploration(join(folder, 'reports/exploration.json'))
  mkdirSync(join(folder, 'docs/pictures'), { recursive: true })
  for (const [name, spec] of Object.entries(plotTau(evaluation, exploration)))
    writeFileSync(join(folder, `docs/pictures/${name}.png`), renderPng(await renderSvg(spec)))
  writeFileSync(join(folder, 'docs/feature_spec.md'), featureSpec(config, evaluation, exploration))
  writeFileSync(join(folder, 'SELECTED-BASE.md'), selectedBase(evaluation, { model, slice }))
  return writeManifest(folder, {
    simulated: evaluation.simulated,
    spec_version: specVersion,
    config_hash: configHash(config),
    model,
    slice,
  })
}

/** Model folders of the run, the logistic model first; all missing parts of the run are named at once. */
function findModels(run: string): string[] {
  const models = globSync('models/artifacts/*/model.json', { cwd: run })
    .map(path => dirname(path))
    .sort((a, b) => Number(basename(b) === 'logistic') - Number(basename(a) === 'logistic') || (a < b ? -1 : 1))
  const faults = [
    ...Object.keys(fromRun)
      .filter(path => !existsSync(join(run, path)))
      .map(path => `${join(run, path)}: does not exist`),
    ...(existsSync(join(run, 'reports/evidently')) ? [] : [`${join(run, 'reports/evidently')}: does not exist`]),
    ...(models.length > 0 ? [] : [`${join(run, 'models/artifacts')}: holds no model folder`]),
    ...fromRoot.filter(path => !existsSync(join(root, path))).map(path => `${path}: is missing in the checkout`),
  ]
  if (faults.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      faults.map(fault => `${fault}; finish the run first (npm run demo, or train, drift and report)`),
    )
  return models
}

/** The folder is replaced whole, so it must be one of ours, or hold nothing but the README of the checkout. */
function refuseForeign(out: string): void {
  if (!existsSync(out) || existsSync(join(out, 'manifest.json'))) return
  const others = readdirSync(out).filter(name => name !== 'README.md')
  if (others.length > 0)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `${out}: holds ${others[0]} and no manifest.json, so it is no hand-off folder; name a new folder`,
    )
}

function copyInto(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}
