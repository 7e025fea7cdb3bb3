import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Gap, Micros } from '../features/event.ts'
import type { BronzeWriter } from './bronze.ts'
import type { Stamp } from './clock.ts'
import type { Feed } from './feed.ts'
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
  /** After a gap, so that the exchange knows its trades. */
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
const questionLimit = 50

export interface BackfillCounts {
  asked: number
  answered: number
  /** Gaps that were given up, whole or in part. */
  failed: number
}

/** Asks for the trades of gaps and writes the answers to bronze; a fault costs the trades, never the stream. */
export interface Backfill {
  add(gap: Gap): void
  /** Asks for what waits, for so long at most, then takes no more. */
  close(limitMs: number): Promise<void>
  readonly counts: Readonly<BackfillCounts>
}

export function createBackfill(options: BackfillOptions): Backfill {
  const { feed, url, bronze, stamp, name, log } = options
  const rest = feed.rest!
  const pace = { ...patient, ...options.pace }
  const counts: BackfillCounts = { asked: 0, answered: 0, failed: 0 }
  const waiting: Gap[] = []
  const stop = new AbortController()
  let working: Promise<void> | null = null
  let closed = false

  function add(gap: Gap): void {
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
    await pause(pace.settle)
    for (let gap = waiting.shift(); gap !== undefined; gap = waiting.shift()) {
      const fault = stop.signal.aborted ? 'stopped' : await fill(gap)
      if (fault !== null) giveUp(gap, fault)
    }
  }

  /** Asks again for what an answer leaves open on either side, until one brings nothing new. @returns why not all came. */
  async function fill({ product, from, to }: Gap): Promise<string | null> {
    const seen = new Set<string>()
    const open: [Micros, Micros][] = [[from, to]]
    for (let n = 0; open.length > 0; n++) {
      if (n === questionLimit) return `more than ${questionLimit} questions`
      const [start, end] = open.pop()!
      const answer = await ask({ product, from: start, to: end })
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
    return null
  }

  async function ask(span: BackfillSpan): Promise<RestAnswer> {
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

  function giveUp({ product, from, to }: Gap, reason: string): void {
    counts.failed++
    log.warn({ product, from: iso(from), to: iso(to), reason }, 'trades of a gap are not filled in')
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stop.signal }).catch(() => {})
  }

  return {
    add,
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

function iso(time: Micros): string {
  return new Date(time / 1000).toISOString()
}
