import type { RequestListener } from 'node:http'
import type { Micros } from '../core/events/event.ts'
import { parseTimestamp } from '../market/feeds/timestamp.ts'
import type { MarketMessage } from './market_messages.ts'

/** The simulated exchange's memory of trades, whoever got them. */
export interface TradeHistory {
  note(message: MarketMessage): void
  /** Answers `GET /api/v3/brokerage/market/products/{id}/ticker?limit=&start=&end=`. */
  answer: RequestListener
}

const kept = 100_000
const limitMost = 1000
/** Where the exchange's REST API begins. */
export const restPath = '/api/v3/brokerage'
const path = /^\/api\/v3\/brokerage\/market\/products\/([^/]+)\/ticker$/

/**
 * Coinbase's shape as measured: trades newest first with empty `bid` and `ask`. Guessed: `start` and `end` are bounds that
 * are included, in whole seconds, and no more than 1000 trades come at once.
 */
export function createTradeHistory(): TradeHistory {
  const trades = new Map<string, { time: Micros; json: string }[]>()
  return {
    note(message) {
      if (message.channel !== 'market_trades') return
      const own = trades.get(message.product) ?? []
      trades.set(message.product, own)
      // A message has its newest trade first.
      for (const json of message.trades.toReversed()) own.push({ time: timeOf(json), json })
      if (own.length > kept) own.splice(0, own.length - kept)
    },
    answer(request, response) {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const product = decodeURIComponent(path.exec(url.pathname)?.[1] ?? '')
      const [limit, start, end] = ['limit', 'start', 'end'].map(name =>
        Number(url.searchParams.get(name) ?? Number.NaN),
      )
      const known = trades.get(product)
      if (request.method !== 'GET' || known === undefined) {
        response.writeHead(404).end('{"error":"NOT_FOUND"}')
        return
      }
      if (!(limit >= 1)) {
        response.writeHead(400).end('{"error":"INVALID_ARGUMENT","message":"limit is required"}')
        return
      }
      const within = known.filter(({ time }) => !(time < start * 1e6) && !(time > end * 1e6))
      const newest = within.slice(-Math.min(limit, limitMost)).reverse()
      const list = newest.map(({ json }) => `${json.slice(0, -1)},"bid":"","ask":"","exchange":"simulated"}`)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(`{"trades":[${list.join(',')}],"best_bid":"","best_ask":""}`)
    },
  }
}

function timeOf(trade: string): Micros {
  return parseTimestamp(JSON.parse(trade).time) ?? 0
}
