import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { type Config, configHash } from '../../config.ts'
import { specVersion } from '../../core/features/spec.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'
import { refuseLinksOut } from '../../files/inside.ts'
import { finishReplacing, replaceTogether } from '../../files/together.ts'
import { replay } from '../../jobs/replay/replay.ts'
import { infer } from '../../jobs/score/file.ts'
import { handoffPaths, runPaths } from '../../run_paths.ts'
import { readTable } from '../../stores/parquet.ts'
import { featureSpec } from '../documents/feature_spec.ts'
import { renderPng, renderSvg } from '../plots/plot.ts'
import { plotTau } from '../plots/tau_plots.ts'
import { readEvaluation } from '../read_evaluation.ts'
import { readExploration } from '../read_exploration.ts'
import { readRunFeatures } from '../run_features.ts'
import { checkBelongs } from './belongs.ts'
import { type Manifest, readManifest, replacingNote, writeManifest } from './manifest.ts'
import { copyParts, findModels, isOwnReadme } from './parts.ts'
import { selectedBase } from './selected_base.ts'
import { cutSlice } from './slice.ts'
import { compareWith } from './verify.ts'

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

/**
 * Builds the folder that another team starts from: everything the milestones list, the last minutes of raw data with features and
 * predictions made from them alone, and a manifest with the sum of every file. It appears whole or not at all.
 * @throws SpikeError BAD_FILE, one line for each part of the run that is missing, or where `raw` is not of it; BAD_ARGUMENT when `out` holds something else.
 */
export async function writeHandoff({ run, raw, out, config, minutes = 10 }: HandoffOptions): Promise<Manifest> {
  const place = resolve(out)
  // what a killed hand-off left, which may be the checkout's own README of it
  finishReplacing(replacingNote(place), path => path === place)
  refuseForeign(out)
  refuseLinksOut(run, [runPaths.models, runPaths.reports])
  const models = findModels(run)
  const { table } = await readRunFeatures(run, readEvaluation(join(run, runPaths.evaluation)))
  const built: Manifest[] = []
  await replaceTogether(replacingNote(place), [place], async staged => {
    const folder = staged(place)
    copyParts(run, models, folder)
    writeFileSync(join(folder, 'config.yaml'), stringify(config))
    const slice = await scoreSlice(folder, raw, table, config, models[0], minutes)
    const { simulated } = await writeTexts(folder, config, models[0], slice)
    built.push(
      writeManifest(folder, {
        simulated,
        spec_version: specVersion,
        config_hash: configHash(config),
        model: models[0],
        slice,
      }),
    )
    refuseForeign(out)
  })
  return built[0]
}

/** In microseconds: so long after its last row a run may still have read what closes it. */
const closing = 10_000_000

/** The last minutes of raw data, their features and the base model's predictions, from the slice alone. */
async function scoreSlice(
  folder: string,
  raw: string[],
  run: FeatureTable,
  config: Config,
  model: string,
  minutes: number,
): Promise<Manifest['slice']> {
  const until = run.time.reduce((last, time) => Math.max(last, time), 0) + closing
  const cut = await cutSlice(raw, join(folder, handoffPaths.slice), minutes, until)
  const { sliceFeatures: features, slicePredictions: predictions } = handoffPaths
  const { rows, digest } = await replay({ raw: cut.files, out: join(folder, features), config })
  const { table } = await readTable(join(folder, features), ['mid'])
  checkBelongs(table, run, raw.join(', '))
  await infer({ features: join(folder, features), model: join(folder, model), out: join(folder, predictions) })
  return {
    raw: cut.files.map(path => path.slice(folder.length + 1)),
    from: isoTime(cut.from),
    to: isoTime(cut.to),
    lines: cut.lines,
    rows,
    digest,
    features,
    predictions,
  }
}

/** Feature spec with this run's tau and its plots, and the note on the base. */
async function writeTexts(folder: string, config: Config, model: string, slice: Manifest['slice']) {
  const evaluation = readEvaluation(join(folder, runPaths.evaluation))
  const exploration = readExploration(join(folder, runPaths.exploration))
  mkdirSync(join(folder, 'docs/pictures'), { recursive: true })
  for (const [name, spec] of Object.entries(plotTau(evaluation, exploration)))
    writeFileSync(join(folder, `docs/pictures/${name}.png`), renderPng(await renderSvg(spec)))
  writeFileSync(join(folder, 'docs/feature_spec.md'), featureSpec(config, evaluation, exploration))
  writeFileSync(join(folder, 'SELECTED-BASE.md'), selectedBase(evaluation, { model, slice }))
  return evaluation
}

/**
 * The folder is replaced whole, so all in it must be ours: named by our manifest and as it was written; or nothing but the README
 * of the checkout.
 * @throws SpikeError BAD_ARGUMENT that names what is not.
 */
export function refuseForeign(out: string): void {
  if (!existsSync(out)) return
  const names = readdirSync(out)
  const isEmpty = names.every(name => name === 'README.md' && isOwnReadme(join(out, name)))
  if (isEmpty) return
  const refuse = (path: string, why: string): never => {
    throw new SpikeError(
      'BAD_ARGUMENT',
      `${out}: is replaced whole, and ${path} ${why}; move it away, or name a new folder`,
    )
  }
  if (!names.includes('manifest.json'))
    refuse(
      names.find(name => !isOwnReadme(join(out, name))) ?? names[0],
      'is of no hand-off (there is no manifest.json)',
    )
  for (const { path, why } of compareWith(readManifest(out), out).foreign) refuse(path, why)
}
