import { seededRandom } from '../src/core/math/random.ts'

/** Names of so many products. */
export function nameProducts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `P${String(i).padStart(4, '0')}-USD`)
}

/**
 * Events as they stand on `ticks.raw`, one product after the other, prices walking at random.
 * @param tradeShare share of trades among quotes.
 * @returns the JSON of the next event of a product at `time` (µs).
 */
export function createEvents(
  products: string[],
  seed: number,
  tradeShare: number,
): (product: number, time: number) => string {
  const random = seededRandom(seed)
  const cents = products.map((_, i) => 200_000 + 1000 * i)
  let sequence = 0
  return (product, time) => {
    const name = products[product]
    const chance = random()
    if (chance < 0.3) cents[product] += chance < 0.15 ? 1 : -1
    const bid = `${(cents[product] - (cents[product] % 100)) / 100}.${String(cents[product] % 100).padStart(2, '0')}`
    const ask = `${bid}5`
    const number = sequence++
    const rest = `"feed":"bench","connection":"bench-2026-01-05T00:00:00.000Z","received_at":${time},"sequence":${number}}`
    if (random() < tradeShare)
      return `{"type":"trade","product":"${name}","time":${time},"index":0,"id":"${1e9 + number}","price":"${ask}","size":"0.0038028","side":"buy",${rest}`
    return `{"type":"quote","product":"${name}","time":${time},"index":0,"bid":"${bid}","ask":"${ask}","bid_size":"0.51","ask_size":"0.25","last":"${ask}",${rest}`
  }
}

/**
 * Tells which events close a bar: the first of its product at which the watermark, the event's time less the
 * out-of-orderness, reaches a whole second.
 */
export class Closings {
  private readonly last: Float64Array
  private readonly behind: number

  constructor(products: number, outOfOrderness: number) {
    this.last = new Float64Array(products).fill(Number.NaN)
    this.behind = outOfOrderness
  }

  /** @returns the end T, in seconds, of the bar that an event at `time` (µs) closes, else null. */
  close(product: number, time: number): number | null {
    const end = Math.floor(time / 1e6 - this.behind)
    const before = this.last[product]
    if (end <= before) return null
    this.last[product] = end
    return Number.isNaN(before) ? null : end
  }
}
