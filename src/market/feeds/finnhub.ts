import type { Micros } from '../../core/events/event.ts'
import type { Feed, Reading } from './feed.ts'
import { addFault, asObject, emptyReading, faulty, productOf, tradeIdOf } from './reading.ts'
import { parseUnixTime } from './unix_time.ts'

type Message = Record<string, unknown>

const longestHeadline = 2000
const longestSummary = 50_000
/** A smaller number counts seconds: of the socket's `datetime` the unit is not certain [guessed]. */
const firstMillis = 1e11

/**
 * Finnhub's company news, asked for over HTTP. A frame is what was asked and what came: `{"symbol","from","to","status","news"}`;
 * saved lists and single articles are read too, each under the one symbol it is `related` to. One article has the same id under
 * each of its symbols [guessed], so that (symbol, id) is what makes it one. An answer is a clock of its symbol: nothing that came
 * out before it is still to come but what the service itself has late.
 */
export const finnhub: Feed = {
  name: 'finnhub',
  venue: 'finnhub',
  url: 'https://finnhub.io/api/v1',
  channels: ['company-news'],
  numbering: 'none',
  clock: 'receipt',
  brings: 'news',
  poll: {
    every_s: 60,
    calls_per_minute: 60,
    question: (symbol, from, to) => `/company-news?symbol=${encodeURIComponent(symbol)}&from=${from}&to=${to}`,
  },
  headers: secret => ({ 'x-finnhub-token': secret }),
  subscribe: () => [],
  answer: () => null,

  recognises: frame => (Array.isArray(frame) ? isArticle(asObject(frame[0])) : isAnswer(frame) || isArticle(frame)),

  read(frame) {
    if (Array.isArray(frame)) return readList(frame, null)
    const message = asObject(frame)
    if (message === null) return faulty('not_object')
    if (!isAnswer(message)) return readList([message], null)
    const { symbol, status, news } = message
    const product = productOf(symbol)
    if (product === null) return faulty('missing_product')
    if (status !== 200) return { ...emptyReading(), other: `status ${Number(status)}` }
    if (!Array.isArray(news)) return faulty('no_list')
    const reading = readList(news, product)
    reading.events.push({ type: 'clock', product, time: null, index: news.length })
    return reading
  },
}

function isAnswer(frame: object): frame is Message {
  return 'symbol' in frame && 'status' in frame && 'news' in frame
}

function isArticle(frame: object | null): boolean {
  return frame !== null && 'headline' in frame && 'datetime' in frame && 'id' in frame
}

/** Oldest first, as they came out. @param asked the symbol that was asked for; null where each article says its own. */
function readList(articles: unknown[], asked: string | null): Reading {
  const reading = emptyReading()
  for (const [index, value] of articles.entries()) readArticle(reading, value, asked, index)
  reading.events.sort((a, b) => a.time! - b.time!)
  return reading
}

/** One without a headline is left out by the decoder, once. */
function readArticle(reading: Reading, value: unknown, asked: string | null, index: number): void {
  const article = asObject(value)
  const product = asked ?? productOf(article?.related)
  const id = tradeIdOf(article?.id)
  const time = publicationTime(article?.datetime)
  if (article === null) addFault(reading, 'unknown_shape', value)
  else if (product === null) addFault(reading, 'missing_product', article)
  else if (id === null) addFault(reading, 'missing_id', article)
  else if (time === null) addFault(reading, 'bad_time', article)
  else {
    const [headline, summary] = [textOf(article.headline).trim(), textOf(article.summary)]
    const rest = { source: textOf(article.source), url: textOf(article.url), category: textOf(article.category) }
    const isLong = headline.length > longestHeadline || summary.length > longestSummary
    if (isLong || Object.values(rest).some(text => text.length > longestHeadline))
      addFault(reading, 'too_long', article)
    else reading.events.push({ type: 'news', product, time, index, id, headline, summary, ...rest })
  }
}

function publicationTime(value: unknown): Micros | null {
  if (typeof value !== 'number' || value <= 0) return null
  return parseUnixTime(value < firstMillis ? 1000 * value : value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
