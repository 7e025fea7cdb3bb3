import type { Logger } from 'pino'
import type { Micros } from '../../core/events/event.ts'
import type { BronzeWriter } from '../bronze/write.ts'
import { type OpenGap, openGapAge } from '../decode/open_gaps.ts'
import type { Feed } from '../feeds/feed.ts'
import type { Stamp } from '../socket/clock.ts'
import type { Asking, BackfillCounts, BackfillPace } from './ask_patiently.ts'
import { fillCandles, fillGap } from './fill_gap.ts'
import { BackfillQueue } from './queue.ts'

export interface BackfillOptions {
  feed: Feed
  /** Address of the REST API. */
  url: string
  bronze: BronzeWriter
  stamp: Stamp
  /** Name in bronze of what is not a connection. */
  name: string
  log: Logger
  pace?: Partial<BackfillPace>
}

const patient: BackfillPace = { settle: 2000, between: 200, timeout: 10_000, retry: 1000, attempts: 4 }
/** After so long the candle that was open at the start is over, by any clock. */
const startIsOver: Micros = 75_000_000
/** So much of the time before the start is asked for once more then: its last candle may not have been known to be over. */
const overlap: Micros = 120_000_000

/**
 * Asks for the trades and candles of gaps and writes the answers to bronze, then that the gap is filled in; a fault costs
 * these, never the stream.
 */
export interface Backfill {
  /** Takes the gaps that it was not given the last time; one that is older than `openGapAge` is not asked for. */
  ask(open: readonly OpenGap[]): void
  /**
   * Asks for the candles before now, and those around now once they are over.
   * @param onUnknown told of a product that the exchange does not know, with its words.
   */
  askHistory(products: readonly string[], onUnknown: (product: string, refusal: string) => void): void
  /** Asks for what waits, for so long at most, then takes no more. */
  close(limitMs: number): Promise<void>
  readonly counts: Readonly<BackfillCounts>
}

export function createBackfill(options: BackfillOptions): Backfill {
  const { feed, url, bronze, stamp, name, log } = options
  const pace = { ...patient, ...options.pace }
  const counts: BackfillCounts = { asked: 0, answered: 0, failed: 0 }
  const stop = new AbortController()
  const asking: Asking = { rest: feed.rest!, url, bronze, stamp, name, pace, counts, signal: stop.signal, log }
  const queue = new BackfillQueue(asking)
  let taken = new Set<string>()
  let later: NodeJS.Timeout | undefined

  return {
    ask(open) {
      const before = taken
      taken = new Set(open.map(keyOf))
      for (const gap of open)
        if (!before.has(keyOf(gap)) && stamp('') - gap.received_at <= openGapAge) queue.add({ ...gap, fill: fillGap })
    },

    askHistory(products, onUnknown) {
      const { candles, isUnknown } = asking.rest
      if (candles === undefined) return
      const start = stamp('')
      const addAll = (from: Micros): void => {
        const to = stamp('')
        for (const product of products) {
          const fail = (fault: string): void => void (isUnknown?.(fault) && onUnknown(product, fault))
          queue.add({ product, from, to, received_at: 0, fill: fillCandles, fail })
        }
      }
      addAll(start - candles.history)
      later = setTimeout(() => addAll(start - overlap), startIsOver / 1000)
    },

    async close(limitMs) {
      clearTimeout(later)
      const limit = setTimeout(() => stop.abort(), limitMs)
      if (limitMs === 0) stop.abort()
      await queue.close()
      clearTimeout(limit)
    },
    counts,
  }
}

function keyOf({ product, from, to }: OpenGap): string {
  return `${product} ${from} ${to}`
}
