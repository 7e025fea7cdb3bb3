import { readTrade } from './coinbase_trade.ts'
import type { RestApi } from './feed.ts'
import { asObject, emptyReading, faulty } from './reading.ts'

/** More are not asked for at once; what the exchange allows is not documented. */
const limit = 1000

/**
 * Coinbase Advanced Trade's past trades: `GET /market/products/{id}/ticker?limit=&start=&end=`. Measured: the shape of the
 * answer, newest first, `side` of the maker as on the socket. Documented: `limit` is needed, `start` and `end` are UNIX
 * seconds, 10 questions a second and address. Guessed: the bounds are included, and how many come at once.
 */
export const coinbaseRest: RestApi = {
  url: 'https://api.coinbase.com/api/v3/brokerage',

  trades(symbol, from, to) {
    const [start, end] = [Math.floor(from / 1e6), Math.ceil(to / 1e6)]
    return `/market/products/${encodeURIComponent(symbol)}/ticker?limit=${limit}&start=${start}&end=${end}`
  },

  read(answer) {
    const reading = emptyReading()
    const trades = asObject(answer)?.trades
    if (!Array.isArray(trades)) return faulty('bad_backfill')
    for (const [index, item] of trades.entries()) readTrade(reading, item, index)
    return reading
  },
}
