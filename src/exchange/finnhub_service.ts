import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Micros } from '../core/events/event.ts'
import { SpikeError } from '../errors.ts'
import { parseTimestamp } from '../market/feeds/timestamp.ts'
import { simulatedMark } from '../market/socket/simulated_mark.ts'
import { articlesOf, type SimulatedArticle } from './news_schedule.ts'

export interface FinnhubServiceOptions {
  seed: number
  tickers: string[]
  port?: number
  /** The only one that is let in; any is when absent. */
  key?: string
  callsPerMinute?: number
  /** Its clock; the machine's when absent. */
  now?: () => Micros
  /** Answers instead, by the number of the call from 0: a status, or a text for one that is no JSON. */
  faults?: Record<number, number | string>
}

export interface FinnhubService {
  url: string
  /** What was asked, in order. */
  readonly calls: { symbol: string; from: string; to: string; status: number }[]
  close(): Promise<void>
}

const day: Micros = 86_400_000_000
const minute: Micros = 60_000_000
const longestDays = 400

/**
 * A pretended news service on this machine that answers `GET /company-news` as Finnhub does, newest first, by seed and day. Its
 * oddities: an article of all tickers at once, one without a headline, one that is shown ten minutes before its time.
 * @throws SpikeError BAD_ARGUMENT when the port cannot be had.
 */
export async function startFinnhubService(options: FinnhubServiceOptions): Promise<FinnhubService> {
  const { port = 0, now = () => 1000 * Date.now() } = options
  const calls: FinnhubService['calls'] = []
  const recent: Micros[] = []
  const server = createServer((request, response) => {
    const { searchParams, pathname } = new URL(request.url ?? '', 'http://localhost')
    const [symbol, from, to] = ['symbol', 'from', 'to'].map(name => searchParams.get(name) ?? '')
    while (recent[0] <= now() - minute) recent.shift()
    const fault = options.faults?.[calls.length]
    const status = pathname === '/company-news' ? statusOf(request, searchParams, options, recent) : 404
    recent.push(now())
    calls.push({ symbol, from, to, status: typeof fault === 'number' ? fault : status })
    if (typeof fault === 'string') say(response, 200, fault)
    else if (fault !== undefined || status !== 200) refuse(response, fault ?? status)
    else say(response, 200, JSON.stringify(newsOf(options, symbol, from, to, now())))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeError('BAD_ARGUMENT', `port ${port} cannot be had on 127.0.0.1 (${cause.code}); name another`, {
      cause,
    })
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const refusals: Record<number, string> = {
  401: 'Invalid API key',
  429: 'API limit reached. Please try again later. Remaining Limit: 0',
}

function statusOf(
  { headers }: IncomingMessage,
  parameters: URLSearchParams,
  { key, callsPerMinute = 60 }: FinnhubServiceOptions,
  recent: Micros[],
): number {
  const shown = headers['x-finnhub-token'] ?? parameters.get('token') ?? ''
  if (shown === '' || (key !== undefined && shown !== key)) return 401
  return recent.length >= callsPerMinute ? 429 : 200
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json', [simulatedMark]: '' }).end(text)
}

function refuse(response: ServerResponse, status: number): void {
  say(response, status, JSON.stringify({ error: refusals[status] ?? 'not found' }))
}

function newsOf({ seed, tickers }: FinnhubServiceOptions, symbol: string, from: string, to: string, now: Micros) {
  const [first, last] = [from, to].map(date => parseTimestamp(`${date}T00:00:00Z`))
  if (first === null || last === null || !tickers.includes(symbol)) return []
  const found: SimulatedArticle[] = []
  for (let time = first; time <= last && time < first + longestDays * day; time += day)
    for (const ticker of tickers)
      found.push(
        ...articlesOf(seed, ticker, time).filter(one => (ticker === symbol || isOfAll(one)) && isShown(one, now)),
      )
  return found.sort((a, b) => b.published - a.published || b.id - a.id).map(one => wireOf(one, symbol))
}

const isOfAll = ({ id }: SimulatedArticle): boolean => id % 24 === 5
const hasNoHeadline = ({ id }: SimulatedArticle): boolean => id % 48 === 7
const isShown = ({ id, published }: SimulatedArticle, now: Micros): boolean =>
  published <= now + (id % 48 === 11 ? 10 * minute : 0)

function wireOf(article: SimulatedArticle, related: string): Record<string, unknown> {
  const { id, published, headline, summary, source, category } = article
  return {
    ...{ category, datetime: published / 1_000_000, headline: hasNoHeadline(article) ? '' : headline, id, image: '' },
    ...{ related, source, summary, url: `https://example.com/news?id=${id}` },
  }
}
