import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepOthers } from '../files/keep_others.ts'
import { checkFilePlace } from '../files/place.ts'
import { replaceTogether } from '../files/together.ts'
import { simulatedFile } from '../stores/metadata.ts'
import { readModelUse } from './columns/model_inputs.ts'
import { readSide } from './columns/read_side.ts'
import type { Side } from './columns/side.ts'
import { splitEarlyLate, takeLastSeconds } from './columns/take_part.ts'
import { faultsOf } from './compare/match_columns.ts'
import { renderDrift } from './page/drift_html.ts'
import { profileSide } from './profile/make_profile.ts'
import { mergeProfiles } from './profile/merge_profiles.ts'
import type { Profile } from './profile/profile.ts'
import { readProfile, refuseOtherProfile, writeProfile } from './profile/profile_file.ts'
import { assembleReport, type DriftReport, reportFormat } from './report/drift_report.ts'
import type { StreamCounts } from './report/quality.ts'

/** Two Parquet files; one whose early half is compared with its late half; or stored profiles, merged, and a file or rows. */
export type Source =
  | { reference: string; current: string }
  | { features: string }
  | { profiles: string[]; current: string | Side }

export interface DriftOptions {
  source: Source
  /** Only the last so many seconds of the current side. */
  last?: number
  /** Folder for `<name>.html` and `<name>.json`. */
  out: string
  name: string
  /** Model folder or model.json: says which columns the model uses, and tau. */
  model?: string
  tau?: Record<string, number>
  stream?: StreamCounts
  config?: Config
}

/**
 * Compares two sides and writes the report as HTML and JSON, both of one comparison.
 * @throws SpikeError BAD_FILE, BAD_TABLE, BAD_CONFIG, TOO_FEW_ROWS, BAD_MODEL.
 * @example
 * const source = { reference: 'features_train.parquet', current: 'features_test.parquet' }
 * const { report } = await writeDriftReport({ source, out: 'reports', name: 'train_vs_test' })
 * console.log(report.dataset.scale_free.share)
 */
export async function writeDriftReport(
  options: DriftOptions,
): Promise<{ html: string; json: string; report: DriftReport }> {
  const html = join(options.out, `${options.name}.html`)
  const json = join(options.out, `${options.name}.json`)
  for (const path of [html, json]) checkFilePlace(path)
  refuseOtherReports([html], json)
  const config = options.config ?? readConfig()
  const model = options.model === undefined ? null : readModelUse(options.model)
  const { reference, current, title } = await readSides(options, config)
  const report = assembleReport(reference, current, {
    title,
    simulated: reference.simulated || simulatedFile(current.metadata),
    modelInputs: model?.inputs ?? null,
    tau: options.tau ?? model?.tau ?? null,
    stream: options.stream ?? null,
    limits: config.drift?.columns ?? {},
    resetSeconds: config.time.session_reset_s,
    seed: config.models.seed,
  })
  await replaceTogether(join(options.out, `${options.name}.replacing`), [json, html], async staged => {
    writeFileSync(staged(html), renderDrift(report))
    writeFileSync(staged(json), `${JSON.stringify(report)}\n`)
  })
  return { html, json, report }
}

/**
 * Checks that a drift report would replace nothing but a drift report.
 * @param json of the report; it says whose the `pages` beside it are.
 * @throws SpikeError BAD_FILE, one line for each file of somebody else.
 */
export function refuseOtherReports(pages: string[], json: string): void {
  keepOthers([json], isOurs)
  keepOthers(pages, () => existsSync(json))
}

const isOurs = (first: string): boolean => first.startsWith(`{"format":"${reportFormat}"`)

/**
 * Stores the profile of a Parquet file, or of stored profiles together.
 * @throws SpikeError BAD_FILE, BAD_TABLE.
 */
export async function saveProfile(
  path: string,
  from: { reference: string } | { profiles: string[] },
  config: Config,
): Promise<Profile> {
  refuseOtherProfile(path)
  const profile =
    'profiles' in from
      ? mergeProfiles(from.profiles.map(readProfile), config.time.session_reset_s)
      : profileOf(await readSide(from.reference), config)
  const faults = faultsOf(profile)
  if (Object.values(profile.columns).every(column => column.nulls === profile.rows))
    faults.push(`${profile.name}: holds no number at all; name a Parquet file with features`)
  if (faults.length > 0) throw new SpikeError('BAD_TABLE', faults)
  await writeProfile(path, profile)
  return profile
}

async function readSides(
  { source, last }: DriftOptions,
  config: Config,
): Promise<{ reference: Profile; current: Side; title: string }> {
  if ('features' in source) {
    const { early, late } = splitEarlyLate(await readSide(source.features))
    return { reference: profileOf(early, config), current: late, title: 'Early against late half of the capture' }
  }
  const reference =
    'profiles' in source
      ? mergeProfiles(source.profiles.map(readProfile), config.time.session_reset_s)
      : profileOf(await readSide(source.reference), config)
  const whole = typeof source.current === 'string' ? await readSide(source.current) : source.current
  const current = last === undefined ? whole : takeLastSeconds(whole, last)
  return { reference, current, title: `${titleOf(current.name)} against ${titleOf(reference.name)}` }
}

function profileOf(side: Side, config: Config): Profile {
  const blockSeconds = config.models.bootstrap_block_s
  return profileSide(side, { blockSeconds, resetSeconds: config.time.session_reset_s, forReference: true }).profile
}

/** A file's name without folder and ending. */
function titleOf(path: string): string {
  return path.replace(/^[^,]*[\\/]/, '').replace(/\.parquet\b/, '')
}
