import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { BackfillSpan } from '../bronze/record.ts'
import type { BronzeWriter } from '../bronze/write.ts'
import type { RestApi } from '../feeds/feed.ts'
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
  rest: RestApi
  /** Address of the REST API; another one once it has refused the region. */
  url: string
  bronze: BronzeWriter
  stamp: Stamp
  /** Name in bronze of what is not a connection. */
  name: string
  pace: BackfillPace
  counts: BackfillCounts
  /** Gives up at once. */
  signal: AbortSignal
  log: Logger
}

const minuteMs = 60_000
/** The exchange serves other regions than this one. */
const regionRefused = 451

/** Asks one question and writes the answer to bronze; again where that can help, and never before the exchange allows it. */
export async function askPatiently(question: string, span: BackfillSpan, asking: Asking): Promise<RestAnswer> {
  const { bronze, stamp, name, pace, counts, signal } = asking
  let last: RestAnswer = { fault: 'stopped', again: false, waitMs: 0 }
  for (let attempt = 0; attempt < pace.attempts && !signal.aborted; attempt++) {
    counts.asked++
    last = await askRest(asking.url + question, pace.timeout, signal)
    if ('text' in last) {
      counts.answered++
      bronze.frame(name, stamp(''), last.text, { backfill: span })
      await pause(Math.max(pace.between, untilNextMinute(last.headers, asking)), signal)
      return last
    }
    if (last.status === regionRefused && changeAddress(asking)) continue
    if (last.waitMs > 0) await obey(last.fault, last.waitMs, asking)
    if (!last.again || attempt === pace.attempts - 1) return last
    if (last.waitMs === 0) await pause(pace.retry * 2 ** attempt, signal)
  }
  return last
}

/** Whoever goes on asking is banned for longer. */
async function obey(fault: string, waitMs: number, { log, signal }: Asking): Promise<void> {
  log.warn({ reason: fault, pause_ms: waitMs }, 'the exchange wants no questions for a while')
  await pause(waitMs, signal)
}

/** @returns whether there is another address to ask. */
function changeAddress(asking: Asking): boolean {
  const { url, rest, log } = asking
  if (rest.fallbackUrl === undefined || url === rest.fallbackUrl) return false
  log.warn({ url, status: regionRefused, fallback: rest.fallbackUrl }, 'this region is refused; the fallback is asked')
  asking.url = rest.fallbackUrl
  return true
}

function untilNextMinute(headers: Headers, { rest }: Asking): number {
  const used = rest.budget ? Number(headers.get(rest.budget.header)) : 0
  return rest.budget && used >= rest.budget.limit ? minuteMs - (Date.now() % minuteMs) : 0
}

/** Waits, or less when the signal comes. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(ms, 2 ** 31 - 1), undefined, { signal }).catch(() => {})
}
