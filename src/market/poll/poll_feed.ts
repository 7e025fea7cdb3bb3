import { setTimeout as sleep } from 'node:timers/promises'
import type { Micros } from '../../core/events/event.ts'
import { SpikeError } from '../../errors.ts'
import type { PollApi } from '../feeds/feed.ts'
import { loginRefusal } from '../feeds/login_variable.ts'
import type { IngestCounts, IngestOptions } from '../ingest_options.ts'
import { createBackoff } from '../socket/backoff.ts'
import { askPage } from './ask_page.ts'
import { dayOf, daysToAsk, overlap } from './days.ts'

/** Who does not let us in says so by these. */
const noLogin: readonly number[] = [401, 403]
const slowDown = 429

/**
 * Asks for each product again and again, evenly spread and never faster than the budget, and writes each answer to bronze before
 * anything reads it. A day is asked for until the next one has begun and some hours of it are over; after a pause of days each of
 * them is, one by one. What fails is asked again, after a wait that grows.
 * @throws SpikeError BAD_ARGUMENT for a key that is not taken, SOCKET_FAILED when nothing answers in the first place.
 */
export async function pollFeed(options: IngestOptions, poll: PollApi): Promise<IngestCounts> {
  const { url, products, log, stamp } = options
  const ends = [options.signal, options.limitMs === undefined ? undefined : AbortSignal.timeout(options.limitMs)]
  const signal = AbortSignal.any(ends.filter(end => end !== undefined))
  const counts: IngestCounts = { frames: 0, bytes: 0, reconnects: 0, stale: 0, from: null, to: null }
  const backoff = createBackoff(options.backoff, options.random ?? Math.random)
  const spacing = Math.max((1000 * poll.every_s) / products.length, 60_000 / poll.calls_per_minute)
  const since = new Map<string, Micros>()
  const began = performance.now()
  const start = options.since ?? stamp('')
  for (let turn = 0; !signal.aborted; turn++) {
    const symbol = products[turn % products.length]
    const fault = await pollOne(symbol)
    if (fault === null) backoff.lived(Number.POSITIVE_INFINITY)
    else if (counts.from === null && performance.now() - began > (options.acknowledgeWithinMs ?? Infinity))
      throw new SpikeError('SOCKET_FAILED', `${url}: no news (${fault}); check the address and the network`)
    const wait_ms = Math.round(fault === null ? spacing : Math.max(spacing, backoff.next()))
    if (fault !== null && !signal.aborted) log.warn({ symbol, reason: fault, pause_ms: wait_ms }, 'no news')
    await sleep(wait_ms, undefined, { signal }).catch(() => {})
  }
  options.bronze.flush(true)
  return counts

  /** @returns why nothing came; null when something did. */
  async function pollOne(symbol: string): Promise<string | null> {
    const [from, to] = daysToAsk(since.get(symbol) ?? start + overlap, stamp(''))
    const page = await askPage(url + poll.question(symbol, dayOf(from), dayOf(to)), options, signal)
    if ('fault' in page) return page.fault
    const { status, text, words, retryAfterMs } = page
    const received_at = stamp('')
    const frame = frameOf({ symbol, from: dayOf(from), to: dayOf(to), status }, text)
    options.bronze.frame(options.feed.name, received_at, frame)
    counts.frames++
    counts.bytes += frame.length
    counts.from ??= status === 200 ? received_at : null
    counts.to = received_at
    options.onFrame?.(counts)
    if (noLogin.includes(status)) throw loginRefusal(options.feed, url, words)
    if (status === slowDown) await sleep(retryAfterMs, undefined, { signal }).catch(() => {})
    if (status !== 200) return `status ${status}: ${words}`
    since.set(symbol, Math.min(to + 2 * overlap, received_at))
    return null
  }
}

/** The answer's own text where it is JSON of one line, else as a JSON text. */
function frameOf(asked: object, text: string): string {
  let news = text.trim()
  try {
    if (news.includes('\n') || news.includes('\r')) news = JSON.stringify(JSON.parse(news))
    else JSON.parse(news)
  } catch {
    news = JSON.stringify(text)
  }
  return `${JSON.stringify(asked).slice(0, -1)},"news":${news}}`
}
