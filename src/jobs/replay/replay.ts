import { type Config, productsOf } from '../../config.ts'
import type { MarketEvent } from '../../core/events/event.ts'
import { type Disturbance, Disturber } from '../../core/features/checks/disturb.ts'
import { checkPerturbation, engineRows, type PerturbationVerdict } from '../../core/features/checks/perturbation.ts'
import { compareRows, type RowDifference } from '../../core/features/checks/row_difference.ts'
import type { EngineSettings } from '../../core/features/engine.ts'
import type { EngineCounts } from '../../core/features/engine_counts.ts'
import { Engines } from '../../core/features/engines.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { RowCollector } from '../../core/features/rows.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import { seededRandom } from '../../core/math/random.ts'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import type { DeadLetter } from '../../market/bronze/record.ts'
import type { DecoderCounters } from '../../market/decode/counters.ts'
import { readEvents } from '../../market/decode/events.ts'
import { simulated as simulatedFeed } from '../../market/feeds/simulated.ts'
import { digestOf } from '../../stores/digest.ts'
import { writeFeatures } from '../featurize/sink.ts'

/** Dead letters that are kept; all are counted. */
const deadKept = 10_000

/** Events on which the leak test is run at each replay, from the first. */
const sampleSize = 6000

export interface ReplayOptions {
  /** Bronze files or saved captures. */
  raw: string[]
  /** Parquet file to be written; none is, where null. */
  out: string | null
  config: Config
  /** Events are disturbed after parsing, and the rows compared with those of the events as they are. */
  disturbance?: Disturbance
  onProgress?: (events: number) => void
}

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
export async function replay({ raw, out, config, disturbance, onProgress }: ReplayOptions): Promise<ReplayResult> {
  const settings = { ...config.time, ...config.features }
  const { rows, engines } = startRun(settings)
  const inOrder = startRun(settings)
  const disturber =
    disturbance && new Disturber(disturbance, settings.out_of_orderness_s, seededRandom(disturbance.seed))
  const reader = readEvents(raw, config)
  const sample: MarketEvent[] = []
  const dead: DeadLetter[] = []
  let events = 0
  let simulated = false
  for await (const batch of reader) {
    for (const event of batch.events) {
      if (disturber) {
        inOrder.engines.push(event)
        for (const released of disturber.push(event)) engines.push(released)
      } else engines.push(event)
      if (sample.length < sampleSize) sample.push(event)
    }
    simulated ||= batch.events.some(({ feed }) => feed === simulatedFeed.name)
    dead.push(...batch.dead.slice(0, deadKept - dead.length))
    events += batch.events.length
    onProgress?.(events)
  }
  for (const released of disturber?.end() ?? []) engines.push(released)
  const table = rows.takeTable()
  if (table.rows === 0) throw new SpikeError('BAD_TABLE', noRows(raw, events, reader.counters, dead, config))
  const perturbation = checkPerturbation(sample, engineRows(settings), seededRandom(config.models.seed))
  const metadata = {
    [metadataKeys.perturbation]: perturbation.verdict,
    [metadataKeys.perturbationRows]: String(perturbation.rows),
    [metadataKeys.simulated]: String(simulated),
    ...(disturbance && { [metadataKeys.disturbed]: JSON.stringify(disturbance) }),
  }
  const digest = await writeFeatures(out, table, config, metadata)
  const deadFile = out !== null && dead.length > 0 ? `${out.replace(/\.parquet$/, '')}.dead.ndjson` : null
  if (deadFile !== null) await writeFileAtomically(deadFile, dead.map(letter => `${JSON.stringify(letter)}\n`).join(''))
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
    deadFile,
    ...(disturber && { disturbed: reportOf(disturber, inOrder.rows.takeTable(), table, digest) }),
  }
}

function startRun(settings: EngineSettings): { rows: RowCollector; engines: Engines } {
  const rows = new RowCollector()
  return { rows, engines: new Engines(settings, { row: (product, time, values) => rows.add(product, time, values) }) }
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
  { skipped }: DecoderCounters,
  dead: DeadLetter[],
  config: Config,
): string {
  const others = Object.keys(skipped)
  const hints = [
    ...(others.length > 0
      ? [`it holds ${others.join(', ')}: add them to the products of their feed in config.yaml`]
      : []),
    ...new Set(dead.flatMap(({ detail }) => (detail ? [`${detail}: see feeds in config.yaml`] : []))),
  ]
  const none = `${raw.join(', ')}: ${events} events of ${productsOf(config).join(', ')} give not one row`
  return [none, ...hints].join('; ')
}
