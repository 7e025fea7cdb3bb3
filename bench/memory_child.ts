import { readConfig } from '../src/config.ts'
import type { MarketEvent } from '../src/core/events/event.ts'
import { Engines } from '../src/core/features/engines.ts'
import { RowCollector } from '../src/core/features/rows.ts'
import { seededRandom } from '../src/core/math/random.ts'
import { digestOf } from '../src/stores/digest.ts'

/** argv: `day` or `week`. Prints one JSON object. */
const config = readConfig()
const settings = { ...config.time, ...config.features }
const products = ['BTC-USD', 'ETH-USD']
const start = Date.UTC(2026, 0, 5) * 1000
const daySeconds = 86_400
const perSecond = 3

/** Quotes of two products, some seconds empty, one in four with a trade. */
function* simulate(days: number): Generator<MarketEvent> {
  const random = seededRandom(60)
  const price = [67_000, 2050]
  let sequence = 0
  for (let second = 0; second < days * daySeconds; second++) {
    for (let p = 0; p < products.length; p++) {
      if (random() < 0.05) continue
      for (let i = 0; i < perSecond; i++) {
        price[p] *= 1 + (random() - 0.5) * 1e-5
        const time = start + second * 1e6 + Math.floor(((i + random()) / perSecond) * 1e6)
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

function measureDay(): void {
  const rows = new RowCollector()
  const engines = new Engines(settings, { row: (product, time, values) => rows.add(product, time, values) })
  for (const event of simulate(1)) engines.push(event)
  const table = rows.takeTable()
  const digest = digestOf(table)
  const rss = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(JSON.stringify({ rows: table.rows, digest, rss }))
}

function measureWeek(): void {
  let rows = 0
  const engines = new Engines(settings, { row: () => void rows++ })
  const used: number[] = []
  let next = start + daySeconds * 1e6
  for (const event of simulate(7)) {
    if (event.time >= next) {
      used.push(usedMiB())
      next += daySeconds * 1e6
    }
    engines.push(event)
  }
  used.push(usedMiB())
  console.log(JSON.stringify({ rows, used }))
}

function usedMiB(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return Math.round(((heapUsed + arrayBuffers) / 2 ** 20) * 100) / 100
}

if (process.argv[2] === 'day') measureDay()
else measureWeek()
