import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { counter, type Metric } from '../../operations/metrics.ts'
import { openStore } from '../../stores/open.ts'
import type { Claim, Written } from '../../stores/port.ts'
import type { Incoming, Position, Streams } from '../../streams/port.ts'
import { follow, type Life } from '../follow.ts'
import { type JobStatus, noteLife } from '../status.ts'
import { SlowStore } from './slow_store.ts'

export interface StoreJob {
  streams: Streams
  topic: string
  /** As `openStore` takes it. */
  store: string
  status: JobStatus
  /** Kept up to date while it runs. */
  result?: StoreResult
  stop?: AbortSignal
  finish?: AbortSignal
  log?: Logger
}

export interface StoreResult extends Written {
  /** Records that this process has read; after an error some are read again. */
  records: number
  batches: number
  /** Times that it waited because the store was slow. */
  pauses: number
  /** Where the store stands. */
  positions: Position[]
}

export function newStoreResult(): StoreResult {
  return { records: 0, batches: 0, changed: 0, refused: 0, pauses: 0, positions: [] }
}

/**
 * Brings the rows of a topic into a store, one batch at a time: the next one is read when this one is committed, or gathered where
 * the store wants larger ones; from a store that is slow it holds back. The position in the store alone decides where to read on, so
 * that each record counts once, whatever dies in between. A store or broker that is away is waited for with nothing in hand.
 * @throws SpikeError as `openStore`, `Store` and `Streams`, where waiting cannot help.
 */
export async function runStore(job: StoreJob): Promise<StoreResult> {
  const { streams, topic, store: spec, status, log, result = newStoreResult(), ...ends } = job
  const claim: Claim = { holder: randomUUID(), held: false }
  const begin = async (streams: Streams, life: AsyncDisposableStack): Promise<Life> => {
    const [facts] = await streams.topics([topic])
    const store = await openStore(spec, facts, claim)
    life.defer(() => store.close())
    claim.held = true
    result.positions = await store.position()
    const { records, seconds } = store.gather ?? { records: 1, seconds: 0 }
    // Where commits are dear they are slow for that.
    const slow = store.gather === undefined ? new SlowStore() : null
    let gathered: Incoming[] = []
    let since = 0
    const write = async (upTo: Position[]): Promise<void> => {
      const began = performance.now()
      const { changed, refused } = await store.write(gathered, upTo)
      if (refused > 0) log?.warn({ refused, topic }, 'records that are no row; see store_refused')
      result.positions = upTo
      result.records += gathered.length
      result.batches++
      result.changed += changed
      result.refused += refused
      const ms = performance.now() - began
      status.transactions.add(ms / 1000)
      const pause_ms = slow?.note(ms, gathered.length) ?? 0
      gathered = []
      if (pause_ms === 0) return
      result.pauses++
      log?.warn({ pause_ms, topic }, 'the store is slow')
      await delay(pause_ms, undefined, { signal: ends.stop }).catch(() => {})
    }
    const isDue = (): boolean => gathered.length >= records || performance.now() - since >= 1000 * seconds
    return {
      start: result.positions,
      async rest(upTo, isEnd) {
        if (gathered.length > 0) {
          if (isEnd || isDue()) await write(upTo)
        } else if (isEnd || isDue()) {
          since = performance.now()
          if (upTo.every(position => isAt(position, result.positions))) return
          await store.write([], upTo)
          result.positions = upTo
        }
      },
      async take(batch, upTo) {
        if (gathered.length === 0) since = performance.now()
        gathered = gathered.concat(batch)
        if (isDue()) await write(upTo)
      },
    }
  }
  await follow({ streams, topics: [topic], begin, ...ends, ...noteLife(status, log) })
  return result
}

function isAt({ partition, offset }: Position, positions: Position[]): boolean {
  return offset === (positions.find(one => one.partition === partition)?.offset ?? 0)
}

export function storeMetrics({ records, batches, changed, refused, pauses }: StoreResult): Metric[] {
  return [
    counter('store_records_total', 'Records read.', records),
    counter('store_batches_total', 'Writes, each a transaction of the store.', batches),
    counter('store_changed_total', 'Rows that are new or revised.', changed),
    counter('store_refused_total', 'Records that are no row.', refused),
    counter('store_pauses_total', 'Half seconds waited because the last ten writes were slow.', pauses),
  ]
}
