import { type Config, readConfig } from '../../config.ts'
import { ProductEngine } from '../../features/engine.ts'
import { futureVolatility } from '../../features/label.ts'
import { RowCollector } from '../../features/rows.ts'
import type { FeatureTable } from '../../features/table.ts'
import { seededRandom } from '../../random.ts'

const start = 1_767_571_200 // 2026-01-05 00:00:00 UTC

/**
 * Rows that the real engine makes of a made-up market: volatility switches between calm and loud stretches of some minutes,
 * and quotes come faster in loud ones. @param silences [from, to) seconds without a quote. @param times settings of the engine other than the config's.
 */
export function syntheticTable(
  seconds: number,
  seed = 60,
  products = ['BTC-USD', 'ETH-USD'],
  silences: [number, number][] = [],
  times: Partial<Config['time']> = {},
): FeatureTable {
  const { time: usual, features } = readConfig()
  const time = { ...usual, ...times }
  const rows = new RowCollector()
  for (const product of products) {
    const random = seededRandom(seed + product.charCodeAt(0))
    const engine = new ProductEngine(
      product,
      { ...time, min_coverage: features.min_coverage },
      { row: (name, at, values) => rows.add(name, at, values) },
    )
    let price = product.charCodeAt(0) * 100
    let loud = false
    for (let second = 0; second < seconds; second++) {
      if (random() < (loud ? 1 / 40 : 1 / 160)) loud = !loud
      if (silences.some(([from, to]) => second >= from && second < to)) continue
      const quotes = loud ? 3 : 1 + Math.floor(2 * random())
      for (let i = 0; i < quotes; i++) {
        price *= Math.exp((loud ? 8e-5 : 1e-5) * (random() + random() + random() - 1.5))
        engine.push({
          type: 'quote',
          feed: 'test',
          product,
          time: (start + second) * 1e6 + i * 200_000,
          received_at: null,
          connection: 'a',
          sequence: second * 4 + i,
          index: 0,
          bid: (price - 0.01).toFixed(5),
          ask: (price + 0.01).toFixed(5),
          bid_size: null,
          ask_size: null,
          last: null,
        })
      }
    }
  }
  const table = rows.takeTable()
  table.sigma_future = futureVolatility(table)
  return table
}

/** A copy whose columns can be changed. */
export function copyTable(table: FeatureTable): FeatureTable {
  return {
    ...table,
    time: table.time.slice(),
    columns: Object.fromEntries(Object.entries(table.columns).map(([name, column]) => [name, column.slice()])),
    sigma_future: table.sigma_future.slice(),
  }
}
