import { setTimeout as sleep } from 'node:timers/promises'
import type { Micros } from '../../core/events/event.ts'
import type { BackfillSpan } from '../bronze/record.ts'
import type { BronzeWriter } from '../bronze/write.ts'
import type { OpenGap } from '../decode/open_gaps.ts'
import type { Feed } from '../feeds/feed.ts'
import type { Stamp } from '../socket/clock.ts'
import { askRest, type RestAnswer } from './rest_answer.ts'

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

export interface BackfillCounts {
  asked: number
  answered: number
  /** Gaps that were given up, whole or in part. */
  failed: number
}

/** Whom to ask, and where the answers go. */
export interface Asking {
  rest: NonNullable<Feed['rest']>
  /** Address of the REST API. */
  url: string
  bronze: BronzeWriter
  stamp: Stamp
  /** Name in bronze of what is not a connection. */
  name: string
  pace: BackfillPace
  counts: BackfillCounts
  /** Gives up at once. */
  signal: AbortSignal
}

/** A trade's own time lies so far before that of its frame at most: one that a gap has cost may be older than the gap. */
const tradeLag: Micros = 2_000_000
const questionLimit = 50

/**
 * Writes the answers for a gap to bronze, then the mark that it is filled in. Asks again for what an answer leaves open on
 * either side, until one brings nothing new.
 * @returns why not all came; null when all did.
 */
export async function fillGap({ product, from, to }: OpenGap, asking: Asking): Promise<string | null> {
  const { rest, bronze, stamp, name } = asking
  const seen = new Set<string>()
  const open: [Micros, Micros][] = [[from - tradeLag, to]]
  for (let n = 0; open.length > 0; n++) {
    if (n === questionLimit) return `more than ${questionLimit} questions`
    const [start, end] = open.pop()!
    const answer = await ask({ product, from: start, to: end }, asking)
    if ('fault' in answer) return answer.fault
    const { events, faults } = rest.read(answer.answer)
    if (faults.length > 0 && events.length === 0) return faults[0].reason
    const trades = events.filter(event => event.type === 'trade')
    const within = trades.filter(({ time }) => time >= start && time <= end)
    const before = seen.size
    for (const { id } of within) seen.add(id)
    if (seen.size === before) continue
    const times = within.map(({ time }) => time)
    const [oldest, newest] = [Math.min(...times), Math.max(...times)]
    if (newest < end) open.push([newest, end])
    if (oldest > start) open.push([start, oldest])
  }
  bronze.control(name, stamp(''), 'filled', { backfill: { product, from, to } })
  return null
}

async function ask(span: BackfillSpan, asking: Asking): Promise<RestAnswer> {
  const { rest, url, bronze, stamp, name, pace, counts, signal } = asking
  let last: RestAnswer = { fault: 'stopped', again: false, waitMs: 0 }
  for (let attempt = 0; attempt < pace.attempts && !signal.aborted; attempt++) {
    counts.asked++
    last = await askRest(url + rest.question(span.product, span.from, span.to), pace.timeout, signal)
    if ('text' in last) {
      counts.answered++
      bronze.frame(name, stamp(''), last.text, { backfill: span })
      await pause(pace.between, signal)
      return last
    }
    if (!last.again || attempt === pace.attempts - 1) return last
    await pause(Math.max(pace.retry * 2 ** attempt, last.waitMs), signal)
  }
  return last
}

/** Waits, or less when the signal comes. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}
