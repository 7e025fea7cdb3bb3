import { statSync } from 'node:fs'
import { type Config, productsOf } from '../../config.ts'
import type { MarketEvent } from '../../core/events/event.ts'
import { type Disturbance, Disturber } from '../../core/features/checks/disturb.ts'
import { checkPerturbation, engineRows, type PerturbationVerdict } from '../../core/features/checks/perturbation.ts'
import { compareRows, type RowDifference } from '../../core/features/checks/row_difference.ts'
import type { EngineOutput, EngineSettings } from '../../core/features/engine.ts'
import type { EngineCounts } from '../../core/features/engine_counts.ts'
import { Engines } from '../../core/features/engines.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { RowCollector } from '../../core/features/rows.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import { seededRandom } from '../../core/math/random.ts'
import { SpikeError } from '../../errors.ts'
import type { DeadLetter } from '../../market/bronze/record.ts'
import type { DecoderCounters } from '../../market/decode/counters.ts'
import { readEvents } from '../../market/decode/events.ts'
import { addLeftOut, describeLeftOut, type LeftOut, leaveOut, onOneLine } from '../../market/decode/left_out.ts'
import { isSimulatedFeed } from '../../market/feeds/simulated.ts'
import type { Say } from '../../operations/progress.ts'
import { digestOf } from '../../stores/digest.ts'
import { refuseOtherTables } from '../../stores/own_tables.ts'
import { writeFeatures } from '../featurize/sink.ts'
import { refuseOtherLetters, writeDeadLetters } from './dead_file.ts'

/** Dead letters that are kept, and characters of them; all are counted. */
const deadKept = 10_000
const deadCharacters = 1 << 26

/** Events on which the leak test is run at each replay, from the first. */
const sampleSize = 6000

/** What is replayed, and what is to come of it. */
export interface ReplayOptions {
  /** Bronze files or saved captures. */
  raw: string[]
  /** Parquet file to be written; none is, where null. */
  out: string | null
  config: Config
  /** Events are disturbed after parsing, and the rows compared with those of the events as they are. */
  disturbance?: Disturbance
  /** Told of the events so far, and of the bytes of the files, packed as they are. */
  say?: Say
}

/** What came of a replay. */
export interface ReplayResult {
  digest: string
  rows: number
  /** Rows with a sigma_future. */
  labelled: number
  simulated: boolean
  perturbation: PerturbationVerdict
  products: Record<string, EngineCounts>
  decoded: DecoderCounters
  /** What could not be read, the first ten thousand of it. */
  dead: DeadLetter[]
  /** How many there are in all. */
  deadLetters: number
  /** All that came to no event or was rejected by the engine, dead letters among it. */
  leftOut: LeftOut
  /** What was left out of a file, or taken to be so. */
  notes: string[]
  /** Where they were written, one JSON object a line; null where there are none, or nothing is written. */
  deadFile: string | null
  disturbed?: DisturbedReport
}

/** What a disturbance did to the rows. */
export interface DisturbedReport extends Disturbance {
  repeated: number
  dropped: number
  in_order_digest: string
  in_order_rows: number
  /** Whether both runs have the same digest. */
  equal: boolean
  difference: RowDifference
}

/**
 * Makes features from raw data, without any topic: the same rows, bit for bit, as the live path gives for the same bronze.
 * @throws SpikeError BAD_FILE, OVERLAPPING_FILES; BAD_TABLE when not one row comes out.
 */
export async function replay({ raw, out, config, disturbance, say }: ReplayOptions): Promise<ReplayResult> {
  if (out !== null) {
    refuseOtherLetters(out)
    await refuseOtherTables([out])
  }
  const settings = { ...config.time, ...config.features }
  const rejected: LeftOut = {}
  let whereOf = (): string => ''
  const noteRejected = (_: MarketEvent, reason: string): void => leaveOut(rejected, reason, whereOf())
  const { rows, engines } = startRun(settings, disturbance ? undefined : noteRejected)
  const inOrder = startRun(settings, noteRejected)
  const disturber =
    disturbance && new Disturber(disturbance, settings.out_of_orderness_s, seededRandom(disturbance.seed))
  const reader = readEvents(raw, config)
  const bytes = raw.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
  const sample: MarketEvent[] = []
  const dead: DeadLetter[] = []
  let events = 0
  let characters = 0
  let simulated = false
  for await (const batch of reader) {
    let index = 0
    whereOf = () => batch.whereOf(index)
    for (const event of batch.events) {
      if (disturber) {
        inOrder.engines.push(event)
        for (const released of disturber.push(event)) engines.push(released)
      } else engines.push(event)
      if (sample.length < sampleSize) sample.push(event)
      index++
    }
    simulated ||= batch.events.some(({ feed }) => isSimulatedFeed(feed))
    for (const letter of batch.dead) {
      characters += letter.bytes.length
      if (dead.length === deadKept || characters > deadCharacters) break
      dead.push(letter)
    }
    events += batch.events.length
    say?.(`${events.toLocaleString('en')} events`, reader.lines.bytes, bytes)
  }
  for (const released of disturber?.end() ?? []) engines.push(released)
  const table = rows.takeTable()
  const leftOut: LeftOut = {}
  for (const one of [reader.counters.left_out, rejected]) addLeftOut(leftOut, one)
  if (table.rows === 0) throw new SpikeError('BAD_TABLE', noRows(raw, events, engines, leftOut, dead, config))
  const perturbation = checkPerturbation(sample, engineRows(settings), seededRandom(config.models.seed))
  const metadata = {
    [metadataKeys.perturbation]: perturbation.verdict,
    [metadataKeys.perturbationRows]: String(perturbation.rows),
    [metadataKeys.simulated]: String(simulated),
    ...(disturbance && { [metadataKeys.disturbed]: JSON.stringify(disturbance) }),
  }
  const digest = await writeFeatures(out, table, config, metadata)
  const deadFile = await writeDeadLetters(out, dead)
  return {
    digest,
    rows: table.rows,
    labelled: table.sigma_future.reduce((sum, sigma) => sum + (Number.isNaN(sigma) ? 0 : 1), 0),
    simulated,
    perturbation,
    products: engines.counts(),
    decoded: reader.counters,
    dead,
    deadLetters: Object.values(reader.counters.dead).reduce((sum, count) => sum + count, 0),
    leftOut,
    notes: reader.lines.notes,
    deadFile,
    ...(disturber && { disturbed: reportOf(disturber, inOrder.rows.takeTable(), table, digest) }),
  }
}

function startRun(
  settings: EngineSettings,
  rejected?: EngineOutput['rejected'],
): { rows: RowCollector; engines: Engines } {
  const rows = new RowCollector()
  const row: EngineOutput['row'] = (product, time, values) => rows.add(product, time, values)
  return { rows, engines: new Engines(settings, { row, rejected }) }
}

function reportOf(
  { disturbance, repeated, dropped }: Disturber,
  expected: FeatureTable,
  found: FeatureTable,
  digest: string,
): DisturbedReport {
  const expectedDigest = digestOf(expected)
  return {
    ...disturbance,
    repeated,
    dropped,
    in_order_digest: expectedDigest,
    in_order_rows: expected.rows,
    equal: digest === expectedDigest,
    difference: compareRows(expected, found),
  }
}

function noRows(
  raw: string[],
  events: number,
  engines: Engines,
  leftOut: LeftOut,
  dead: DeadLetter[],
  config: Config,
): string {
  const others = Object.keys(leftOut).flatMap(reason => /^product (.*)/s.exec(onOneLine(reason))?.[1] ?? [])
  const counts = Object.values(engines.counts())
  const hints = [
    ...describeLeftOut(leftOut, 5),
    ...(others.length > 0
      ? [`it holds ${others.join(', ')}: add them to the products of their feed in config.yaml`]
      : []),
    ...new Set(dead.flatMap(({ detail }) => (detail ? [`${detail}: see feeds in config.yaml`] : []))),
    ...(counts.some(({ quotes }) => quotes > 0)
      ? ['its quotes span too little time: a row wants some seconds of them']
      : []),
    ...(counts.some(({ trades, quotes }) => trades > 0 && quotes === 0)
      ? ['trades alone give no row: a row wants quotes']
      : []),
  ]
  const none = `${raw.join(', ')}: ${events} events of ${productsOf(config).join(', ')} give not one row`
  return [none, ...hints].join('; ')
}
