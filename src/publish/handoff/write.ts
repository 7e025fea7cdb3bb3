import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { type Config, configHash } from '../../config.ts'
import { specVersion } from '../../core/features/spec.ts'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'
import { replaceTogether } from '../../files/together.ts'
import { replay } from '../../jobs/replay/replay.ts'
import { infer } from '../../jobs/score/file.ts'
import { handoffPaths, runPaths } from '../../run_paths.ts'
import { featureSpec } from '../documents/feature_spec.ts'
import { renderPng, renderSvg } from '../plots/plot.ts'
import { plotTau } from '../plots/tau_plots.ts'
import { readEvaluation } from '../read_evaluation.ts'
import { readExploration } from '../read_exploration.ts'
import { type Manifest, replacingNote, writeManifest } from './manifest.ts'
import { copyParts, findModels } from './parts.ts'
import { selectedBase } from './selected_base.ts'
import { cutSlice } from './slice.ts'

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
 * @throws SpikeError BAD_FILE, one line for each part of the run that is missing; BAD_ARGUMENT when `out` holds something else.
 */
export async function writeHandoff({ run, raw, out, config, minutes = 10 }: HandoffOptions): Promise<Manifest> {
  refuseForeign(out)
  const models = findModels(run)
  const place = resolve(out)
  const built: Manifest[] = []
  await replaceTogether(replacingNote(place), [place], async staged => {
    const folder = staged(place)
    copyParts(run, models, folder)
    writeFileSync(join(folder, 'config.yaml'), stringify(config))
    const slice = await scoreSlice(folder, raw, config, models[0], minutes)
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
  })
  return built[0]
}

/** The last minutes of raw data, their features and the base model's predictions, from the slice alone. */
async function scoreSlice(
  folder: string,
  raw: string[],
  config: Config,
  model: string,
  minutes: number,
): Promise<Manifest['slice']> {
  const cut = await cutSlice(raw, join(folder, handoffPaths.slice), minutes)
  const { sliceFeatures: features, slicePredictions: predictions } = handoffPaths
  const { rows, digest } = await replay({ raw: cut.files, out: join(folder, features), config })
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
