import { asList, asObject, parseJson } from '../market/feeds/reading.ts'
import { createBinanceHistory } from './binance_history.ts'
import { binanceFrames, binanceSymbol } from './binance_market.ts'
import { type ProtocolExchangeOptions, serveMarket } from './protocol_exchange.ts'
import type { Simulator } from './simulator.ts'
import type { Protocol } from './spoilt_client.ts'

/**
 * A simulated exchange that speaks Binance's combined streams, and answers for candles and aggregates of trades over REST. As
 * the real one is believed to, it acknowledges any stream, and stays silent on one that there is not.
 */
export function startBinanceExchange(options: ProtocolExchangeOptions): Promise<Simulator> {
  const { seed, products } = options.settings
  const prices = Object.entries(products).map(([name, { price }]) => [binanceSymbol(name), price])
  const history = createBinanceHistory(seed, Object.fromEntries(prices))
  const frames = binanceFrames(options.settings, history)
  return serveMarket({ protocol: combinedStreams, frames, answer: history.answer }, options)
}

const combinedStreams: Protocol = {
  given: [],
  requests: 2,
  handle(request, wanted) {
    const { method, params, id } = asObject(parseJson(request)) ?? {}
    const streams = asList(params).filter(one => typeof one === 'string')
    if (method === 'LIST_SUBSCRIPTIONS') return JSON.stringify({ result: [...wanted], id })
    if (method === 'SUBSCRIBE') for (const stream of streams) wanted.add(stream)
    else if (method === 'UNSUBSCRIBE') for (const stream of streams) wanted.delete(stream)
    else return JSON.stringify({ code: 2, msg: 'Invalid request: unknown variant' })
    return JSON.stringify({ result: null, id })
  },
}
