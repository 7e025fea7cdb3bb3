import type { MarketEvent } from '../src/core/events/event.ts'
import { seededRandom } from '../src/core/math/random.ts'

const products = ['BTC-USD', 'ETH-USD']
export const simulatedStart = Date.UTC(2026, 0, 5) * 1000
export const daySeconds = 86_400
const perSecond = 3

/** Quotes of two products, some seconds empty, one in four with a trade. */
export function* simulateDays(days: number): Generator<MarketEvent> {
  const random = seededRandom(60)
  const price = [67_000, 2050]
  let sequence = 0
  for (let second = 0; second < days * daySeconds; second++) {
    for (let p = 0; p < products.length; p++) {
      if (random() < 0.05) continue
      for (let i = 0; i < perSecond; i++) {
        price[p] *= 1 + (random() - 0.5) * 1e-5
        const time = simulatedStart + second * 1e6 + Math.floor(((i + random()) / perSecond) * 1e6)
        const base = { feed: 'bench', product: products[p], time, received_at: null, connection: 'c', index: 0 }
        const bid = price[p].toFixed(2)
        const ask = (price[p] + 0.01).toFixed(2)
        yield { ...base, type: 'quote', sequence: sequence++, bid, ask, bid_size: '0.5', ask_size: '0.25', last: bid }
        if (i === 0 && random() < 0.25)
          yield { ...base, type: 'trade', sequence, id: String(sequence++), price: ask, size: '0.01', side: 'buy' }
      }
    }
  }
}
