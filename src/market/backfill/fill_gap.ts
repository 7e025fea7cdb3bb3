import type { Micros } from '../../core/events/event.ts'
import type { OpenGap } from '../decode/open_gaps.ts'
import type { RestApi } from '../feeds/feed.ts'
import { type Asking, askPatiently } from './ask_patiently.ts'

/** A stretch of time of a product, by the exchange's own name. */
type Stretch = Pick<OpenGap, 'product' | 'from' | 'to'>

/** A trade's own time lies so far before that of its frame at most: one that a gap has cost may be older than the gap. */
const tradeLag: Micros = 2_000_000
const questionLimit = 50

/**
 * Writes the answers for a gap to bronze, then the mark that it is filled in.
 * @returns why not all came; null when all did.
 */
export async function fillGap(gap: Stretch, asking: Asking): Promise<string | null> {
  const { rest, bronze, stamp, name } = asking
  const { product, from, to } = gap
  const fault =
    (rest.candles ? await fillCandles(gap, asking) : null) ??
    (await askAll({ product, from: from - tradeLag, to }, rest.trades, asking))
  if (fault === null) bronze.control(name, stamp(''), 'filled', { backfill: { product, from, to } })
  return fault
}

/** Writes the answers for the candles that end in a stretch to bronze. @returns as `fillGap` does. */
export async function fillCandles(stretch: Stretch, asking: Asking): Promise<string | null> {
  const { candles } = asking.rest
  return candles ? askAll(stretch, candles.question, asking) : null
}

/** Asks again for what an answer leaves open on either side, until one brings nothing new. */
async function askAll({ product, from, to }: Stretch, question: RestApi['trades'], asking: Asking) {
  const seen = new Set<string | Micros>()
  const open: [Micros, Micros][] = [[from, to]]
  for (let n = 0; open.length > 0; n++) {
    if (n === questionLimit) return `more than ${questionLimit} questions`
    const [start, end] = open.pop()!
    const answer = await askPatiently(question(product, start, end), { product, from: start, to: end }, asking)
    if ('fault' in answer) return answer.fault
    const { events, faults } = asking.rest.read(answer.answer, { symbol: product, received_at: asking.stamp('') })
    if (faults.length > 0 && events.length === 0) return faults[0].reason
    const before = seen.size
    const times: Micros[] = []
    for (const event of events) {
      if (event.time === null || event.time < start || event.time > end) continue
      times.push(event.time)
      seen.add(event.type === 'trade' ? event.id : event.time)
    }
    if (seen.size === before) continue
    times.sort((a, b) => a - b)
    const [oldest, newest] = [times[0], times[times.length - 1]]
    if (newest < end) open.push([newest, end])
    if (oldest > start) open.push([start, oldest])
  }
  return null
}
