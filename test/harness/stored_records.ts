import { seededRandom } from '../../src/core/math/random.ts'
import type { Incoming, Position } from '../../src/streams/port.ts'

export const storedTopic = { name: 'market.windows', partitions: 2, id: 'first' }
const products = ['BTC-USD', 'ETH-USD', 'A’B"\\-USD', 'SOL-USD']

/** Windows and candles of four products on two partitions, in revisions that do not come in order, some again, and what is no row. */
export function storedRecords(seed: number, count: number): Incoming[] {
  const random = seededRandom(seed)
  const below = (n: number): number => Math.floor(n * random())
  const next = [0, 0]
  return Array.from({ length: count }, (_, i) => {
    const product = below(products.length)
    const partition = product % 2
    const start = 1_775_272_500 + 60 * below(8)
    const prices = { open: 1e-8 + random(), high: 1e300 * random(), low: 5e-324, close: 0.1 + 0.2 }
    const volume = `${below(1e9)}.${`${below(1e8)}`.padStart(8, '0')}`
    const told = {
      ...{ product: products[product], start, end: start + 60, ...prices, volume, trades: i },
      ...{ revision: 1 + below(5), final: below(2) === 0, source: 'trades' },
    }
    const window = {
      ...{ ...told, notional: `${volume}00000000`, vwap: random(), moving_average: random(), price_std: null },
      ...{ return_std: random(), base_asset: 'BTC', quote_asset: 'USD', category: 'unknown' },
    }
    const kind = below(12)
    const value = kind === 0 ? `{"product":"\0${i}` : JSON.stringify(kind < 4 ? told : window)
    const offset = next[partition]++
    return { topic: storedTopic.name, partition, offset, key: products[product], value: Buffer.from(value) }
  })
}

/** Where a reader is after a batch. */
export function after(batch: Incoming[]): Position[] {
  const ends = new Map(
    batch.map(({ topic, partition, offset }) => [partition, { topic, partition, offset: offset + 1 }]),
  )
  return [...ends.values()]
}

/** In batches of so many, what lies before the positions left out. */
export function batchesFrom(records: Incoming[], positions: Position[], size: number): Incoming[][] {
  const isNew = ({ partition, offset }: Incoming): boolean =>
    offset >= (positions.find(one => one.partition === partition)?.offset ?? 0)
  const left = records.filter(isNew)
  return Array.from({ length: Math.ceil(left.length / size) }, (_, i) => left.slice(i * size, (i + 1) * size))
}
