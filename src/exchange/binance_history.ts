import type { RequestListener, ServerResponse } from 'node:http'
import { CandleBuilder, type KlineRow } from './candle_builder.ts'
import { simulationStart } from './price_process.ts'
import { createRandom } from './random.ts'

/** An aggregate of trades as REST has it. */
export interface AggregateRow {
  a: number
  f: number
  l: number
  T: number
}

/** The simulated Binance's memory, whoever got what of it. */
export interface BinanceHistory {
  addTrade(symbol: string, trade: AggregateRow): void
  addCandle(symbol: string, row: KlineRow): void
  /** Answers `GET /api/v3/klines` and `/api/v3/aggTrades`. */
  answer: RequestListener
}

const kept = 100_000
const most = 1000
/** Weight a minute, and of each question. */
const limit = 6000
const weights: Record<string, number> = { '/api/v3/klines': 2, '/api/v3/aggTrades': 4 }
/** So many minutes before the market began are made up, since somebody will ask for six hours. */
const before = 400

/** @param prices of its products at the start, by Binance's names. */
export function createBinanceHistory(seed: number, prices: Record<string, number>): BinanceHistory {
  const trades = new Map(Object.keys(prices).map(symbol => [symbol, [] as AggregateRow[]]))
  const candles = new Map(Object.entries(prices).map(([symbol, price]) => [symbol, pastOf(seed, symbol, price)]))
  let minute = 0
  let used = 0

  function weigh(path: string, response: ServerResponse): boolean {
    const now = Math.floor(Date.now() / 60_000)
    if (now > minute) [minute, used] = [now, 0]
    used += weights[path]
    response.setHeader('X-MBX-USED-WEIGHT-1M', String(used))
    return used <= limit
  }

  return {
    addTrade: (symbol, trade) => void keep(trades.get(symbol)!, trade),
    addCandle: (symbol, row) => void keep(candles.get(symbol)!, row),
    answer(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      response.setHeader('content-type', 'application/json')
      if (request.method !== 'GET' || !(pathname in weights)) return void response.writeHead(404).end('{}')
      if (!weigh(pathname, response))
        return void response.writeHead(429, { 'retry-after': '60' }).end('{"code":-1003,"msg":"Too many requests."}')
      const symbol = searchParams.get('symbol') ?? ''
      if (!trades.has(symbol)) return void response.writeHead(400).end('{"code":-1121,"msg":"Invalid symbol."}')
      const bound = (name: string, other: number): number => Number(searchParams.get(name) ?? other)
      const [from, to] = [bound('startTime', 0), bound('endTime', Number.MAX_SAFE_INTEGER)]
      const within = (time: number): boolean => time >= from && time <= to
      const found = pathname.endsWith('klines')
        ? candles.get(symbol)!.filter(([open]) => within(open))
        : trades.get(symbol)!.filter(({ T }) => within(T))
      response.end(JSON.stringify(found.slice(0, Math.min(most, bound('limit', 500)))))
    },
  }
}

function keep<Row>(rows: Row[], row: Row): void {
  rows.push(row)
  if (rows.length > kept) rows.shift()
}

function pastOf(seed: number, symbol: string, price: number): KlineRow[] {
  const random = createRandom(seed, `past ${symbol}`)
  const rows: KlineRow[] = []
  let close = price
  for (let n = 1; n <= before; n++) {
    const candle = new CandleBuilder(simulationStart - 60e6 * n, close)
    const open = close * (1 - 2e-4 * random.normal())
    for (const one of [open, close]) candle.add(one, 1 + random.whole(1e8), random.uniform() < 0.5)
    rows.unshift(candle.row())
    close = open
  }
  return rows
}
