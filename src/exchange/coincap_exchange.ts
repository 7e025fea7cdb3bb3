import type { Config } from '../config.ts'
import { toCoinCapTrade } from '../market/coincap/coincap_trade.ts'
import { simulateTicks } from './price_process.ts'
import { type ProtocolExchangeOptions, serveMarket } from './protocol_exchange.ts'
import { createRandom } from './random.ts'
import type { Simulator } from './simulator.ts'
import type { MarketFrame } from './spoilt_client.ts'

const topic = 'trades'
/** One trade in so many is in a currency whose rate in dollars is not known. */
const withoutRateEvery = 50

/** A simulated CoinCap as its v2 was: the trades of an exchange, one object a message, and nothing is asked for. */
export function startCoinCapExchange(options: ProtocolExchangeOptions): Promise<Simulator> {
  const protocol = { given: [topic], requests: 0, handle: () => '' }
  return serveMarket({ protocol, frames: coinCapFrames(options.settings) }, options)
}

function* coinCapFrames(settings: Config['simulator']): Generator<MarketFrame> {
  const random = createRandom(settings.seed, 'coincap')
  for (const { time, product, trade } of simulateTicks(settings)) {
    if (trade === undefined) continue
    const { id, price, size, side } = trade
    const place = { feed: 'binance', product, time, received_at: null, connection: '', sequence: 0, index: 0 }
    const event = { type: 'trade' as const, ...place, id: String(id), price: String(price), size: String(size), side }
    const rates = random.uniform() < 1 / withoutRateEvery ? {} : undefined
    yield { time, topic, text: JSON.stringify(toCoinCapTrade(event, product, rates)) }
  }
}
