import { totalCounts } from '../../src/core/features/engine_counts.ts'
import { timeRange } from '../../src/core/features/table.ts'
import { SpikeError } from '../../src/errors.ts'
import {
  defaultSettings,
  digestedBytes,
  Engines,
  type FeatureTable,
  type MarketEvent,
  RowCollector,
} from '../../src/library/features.ts'
import { createDecoder, decoderOptions, newRawCounts, recordsOf } from '../../src/library/market.ts'
import { eventBatches } from '../../src/market/decode/event_batches.ts'
import { addLeftOut, describeLeftOut, type LeftOut, leaveOut } from '../../src/market/decode/left_out.ts'
import { simulated } from '../../src/market/feeds/simulated.ts'
import { fileBytes } from './file_bytes.ts'

/** What the page says of a file. */
export interface Summary {
  digest: string
  rows: number
  /** Rows of each product. */
  products: Record<string, number>
  /** Microseconds since the epoch of the first and the last row. */
  range: [number, number]
  simulated: boolean
  quotes: number
  trades: number
  gaps: number
  late: number
  repeated: number
  /** One line a reason, the most frequent first. */
  leftOut: string[]
  /** What was left out of the file as a whole, or taken to be so. */
  notes: string[]
}

/**
 * Rows of a saved file of raw frames and their digest, as `npm run replay` has them with the settings of config.yaml.
 * @param file any shape that replay takes, plain or gzip.
 * @param products whose events are wanted.
 * @param onProgress is told how many bytes of the file have been read, and how many events they held.
 * @throws SpikeError BAD_FILE, or BAD_TABLE when not one row comes out.
 */
export async function replayFile(
  file: File,
  products: string[],
  onProgress: (bytes: number, events: number) => void,
): Promise<{ summary: Summary; table: FeatureTable }> {
  const listed = products.map(name => ({ as: name, symbol: name }))
  const feeds = [{ name: 'coinbase', products: listed, stale_after_s: 10 }]
  const decoder = createDecoder(decoderOptions({ feeds, time: defaultSettings }))
  const rejected: LeftOut = {}
  let whereOf = (): string => ''
  const rows = new RowCollector()
  const engines = new Engines(defaultSettings, {
    row: (product, time, values) => rows.add(product, time, values),
    rejected: (_: MarketEvent, reason: string) => leaveOut(rejected, reason, whereOf()),
  })
  const counts = newRawCounts()
  let bytes = 0
  let events = 0
  let isSimulated = false
  const open = () =>
    fileBytes(file, read => {
      bytes = read
    })
  for await (const batch of eventBatches(recordsOf(file.name, open, counts), decoder)) {
    for (const [index, event] of batch.events.entries()) {
      whereOf = () => batch.whereOf(index)
      engines.push(event)
      isSimulated ||= event.feed === simulated.name
    }
    events += batch.events.length
    onProgress(bytes, events)
  }
  const table = rows.takeTable()
  const leftOut: LeftOut = {}
  for (const one of [decoder.counters.left_out, rejected]) addLeftOut(leftOut, one)
  if (table.rows === 0) throw new SpikeError('BAD_TABLE', noRows(file.name, events, products, leftOut))
  const { quotes, trades, gaps, withdrawn, late, duplicates } = totalCounts(Object.values(engines.counts()))
  const summary: Summary = {
    digest: await sha256(digestedBytes(table)),
    rows: table.rows,
    products: rowsOf(table),
    range: timeRange(table),
    simulated: isSimulated,
    ...{ quotes, trades, gaps: gaps - withdrawn, late, repeated: duplicates },
    leftOut: describeLeftOut(leftOut),
    notes: counts.notes,
  }
  return { summary, table }
}

function rowsOf({ product }: FeatureTable): Record<string, number> {
  const rows: Record<string, number> = {}
  for (const name of product) rows[name] = (rows[name] ?? 0) + 1
  return rows
}

async function sha256(blocks: Iterable<Uint8Array<ArrayBuffer>>): Promise<string> {
  const bytes = await new Blob(Array.from(blocks, block => block.slice())).arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}

function noRows(name: string, events: number, products: string[], leftOut: LeftOut): string {
  const others = Object.keys(leftOut).flatMap(reason => /^product (.*)/s.exec(reason)?.[1] ?? [])
  return [
    `${name}: ${events} events of ${products.join(', ')} give not one row: a row wants some seconds of quotes`,
    ...(others.length > 0 ? [`it holds ${others.join(', ')}: name them under Products and choose the file again`] : []),
    ...describeLeftOut(leftOut, 5),
  ].join('; ')
}
