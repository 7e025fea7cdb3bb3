import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Micros } from '../features/event.ts'
import type { BronzeWriter } from './bronze.ts'
import type { Stamp } from './clock.ts'
import type { Feed } from './feed.ts'
import { type OpenGap, openGapAge } from './open_gaps.ts'
import type { BackfillSpan } from './record.ts'
import { askRest, type RestAnswer } from './rest_answer.ts'

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

/** Milliseconds, but for the last. */
export interface BackfillPace {
  /** After a gap was noticed, so that the exchange knows its trades. */
  settle: number
  /** Between two questions: half of the 10 a second that Coinbase allows. */
  between: number
  timeout: number
  /** Before the second attempt, doubled for each one after it. */
  retry: number
  attempts: number
}

const patient: BackfillPace = { settle: 2000, between: 200, timeout: 10_000, retry: 1000, attempts: 4 }
const waitingLimit = 200
/** A trade's own time lies so far before that of its frame at most: one that a gap has cost may be older than the gap. */
const tradeLag: Micros = 2_000_000
const questionLimit = 50

export interface BackfillCounts {
  asked: number
  answered: number
  /** Gaps that were given up, whole or in part. */
  failed: number
}

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
  const rest = feed.rest!
  const pace = { ...patient, ...options.pace }
  const counts: BackfillCounts = { asked: 0, answered: 0, failed: 0 }
  const waiting: OpenGap[] = []
  let taken = new Set<string>()
  const stop = new AbortController()
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
      await pause(Math.max(0, pace.settle - ageOf(gap) / 1000))
      const fault = stop.signal.aborted ? 'stopped' : await fill(gap)
      if (fault !== null) giveUp(gap, fault)
    }
  }

  /** Asks again for what an answer leaves open on either side, until one brings nothing new. @returns why not all came. */
  async function fill({ product, from, to }: OpenGap): Promise<string | null> {
    const seen = new Set<string>()
    const open: [Micros, Micros][] = [[from - tradeLag, to]]
    for (let n = 0; open.length > 0; n++) {
      if (n === questionLimit) return `more than ${questionLimit} questions`
      const [start, end] = open.pop()!
      const answer = await question({ product, from: start, to: end })
      if ('fault' in answer) return answer.fault
      const { events, faults } = rest.read(answer.answer)
      if (faults.length > 0 && events.length === 0) return faults[0].reason
      const within = events.filter(event => event.type === 'trade' && event.time >= start && event.time <= end)
      const before = seen.size
      for (const event of within) if (event.type === 'trade') seen.add(event.id)
      if (seen.size === before) continue
      const times = within.map(({ time }) => time)
      const [oldest, newest] = [Math.min(...times), Math.max(...times)]
      if (newest < end) open.push([newest, end])
      if (oldest > start) open.push([start, oldest])
    }
    bronze.control(name, stamp(''), 'filled', { backfill: { product, from, to } })
    return null
  }

  async function question(span: BackfillSpan): Promise<RestAnswer> {
    let last: RestAnswer = { fault: 'stopped', again: false, waitMs: 0 }
    for (let attempt = 0; attempt < pace.attempts && !stop.signal.aborted; attempt++) {
      counts.asked++
      last = await askRest(url + rest.question(span.product, span.from, span.to), pace.timeout, stop.signal)
      if ('text' in last) {
        counts.answered++
        bronze.frame(name, stamp(''), last.text, { backfill: span })
        await pause(pace.between)
        return last
      }
      if (!last.again || attempt === pace.attempts - 1) return last
      await pause(Math.max(pace.retry * 2 ** attempt, last.waitMs))
    }
    return last
  }

  function giveUp({ product, from, to }: OpenGap, reason: string): void {
    counts.failed++
    log.warn({ product, from: iso(from), to: iso(to), reason }, 'trades of a gap are not filled in')
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stop.signal }).catch(() => {})
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

function iso(time: Micros): string {
  return new Date(time / 1000).toISOString()
}
