import type { Logger } from 'pino'
import type { Micros } from '../../core/events/event.ts'
import { isoTime } from '../../core/math/time.ts'
import type { BronzeWriter } from '../bronze/write.ts'
import { type OpenGap, openGapAge } from '../decode/open_gaps.ts'
import type { Feed } from '../feeds/feed.ts'
import type { Stamp } from '../socket/clock.ts'
import { type Asking, type BackfillCounts, type BackfillPace, fillGap, pause } from './fill_gap.ts'

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
const waitingLimit = 200

/**
 * Asks for the trades of gaps and writes the answers to bronze, then that the gap is filled in; a fault costs the trades,
 * never the stream.
 */
export interface Backfill {
  /** Takes the gaps that it was not given the last time; one that is older than `openGapAge` is not asked for. */
  ask(open: readonly OpenGap[]): void
  /** Asks for what waits, for so long at most, then takes no more. */
  close(limitMs: number): Promise<void>
  readonly counts: Readonly<BackfillCounts>
}

export function createBackfill(options: BackfillOptions): Backfill {
  const { feed, url, bronze, stamp, name, log } = options
  const pace = { ...patient, ...options.pace }
  const counts: BackfillCounts = { asked: 0, answered: 0, failed: 0 }
  const waiting: OpenGap[] = []
  let taken = new Set<string>()
  const stop = new AbortController()
  const { signal } = stop
  const asking: Asking = { rest: feed.rest!, url, bronze, stamp, name, pace, counts, signal }
  let working: Promise<void> | null = null
  let closed = false

  function ask(open: readonly OpenGap[]): void {
    const before = taken
    taken = new Set(open.map(keyOf))
    for (const gap of open) if (!before.has(keyOf(gap)) && ageOf(gap) <= openGapAge) add(gap)
  }

  function ageOf({ received_at }: OpenGap): Micros {
    return stamp('') - received_at
  }

  function add(gap: OpenGap): void {
    if (closed) return
    if (waiting.length >= waitingLimit) giveUp(waiting.shift()!, `more than ${waitingLimit} gaps wait`)
    waiting.push(gap)
    working ??= work()
      .catch(error => log.error({ reason: (error as Error).message }, 'back-fill has ended'))
      .finally(() => {
        working = null
      })
  }

  async function work(): Promise<void> {
    for (let gap = waiting.shift(); gap !== undefined; gap = waiting.shift()) {
      await pause(Math.max(0, pace.settle - ageOf(gap) / 1000), signal)
      const fault = signal.aborted ? 'stopped' : await fillGap(gap, asking)
      if (fault !== null) giveUp(gap, fault)
    }
  }

  function giveUp({ product, from, to }: OpenGap, reason: string): void {
    counts.failed++
    log.warn({ product, from: isoTime(from), to: isoTime(to), reason }, 'trades of a gap are not filled in')
  }

  return {
    ask,
    async close(limitMs) {
      closed = true
      const limit = setTimeout(() => stop.abort(), limitMs)
      if (limitMs === 0) stop.abort()
      await working
      clearTimeout(limit)
    },
    counts,
  }
}

function keyOf({ product, from, to }: OpenGap): string {
  return `${product} ${from} ${to}`
}
