import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../src/core/math/random.ts'
import { isoTime } from '../src/core/math/time.ts'

/** Trades by rising time, as columns. */
export interface TradeColumns {
  products: string[]
  product: Uint8Array
  /** Microseconds. */
  time: Float64Array
  /** To the cent. */
  price: Float64Array
  /** Eight digits. */
  size: Float64Array
  /** Counts up by product. */
  id: Float64Array
}

const start = 1_775_260_800_000_000

/** Seeded walks of so many products over some hours, the first of which has six trades in ten. */
export function makeTrades(count: number, products: string[], hours: number, seed: number): TradeColumns {
  const random = seededRandom(seed)
  const step = (hours * 3600e6) / count
  const last = products.map((_, i) => 67_000 / (i + 1))
  const ids = products.map(() => 1000)
  const made = { products, product: new Uint8Array(count), ...columnsOf(count) }
  for (let i = 0; i < count; i++) {
    const p = random() < 0.6 ? 0 : 1 + Math.floor(random() * (products.length - 1))
    last[p] *= 1 + (random() - 0.5) * 2e-4
    made.product[i] = p
    made.time[i] = start + Math.floor(i * step + random() * step)
    made.price[i] = Math.round(last[p] * 100) / 100
    made.size[i] = Math.round(1 + (random() * 5e10) / last[p]) / 1e8
    made.id[i] = ++ids[p]
  }
  return made
}

function columnsOf(count: number) {
  const [time, price, size, id] = Array.from({ length: 4 }, () => new Float64Array(count))
  return { time, price, size, id }
}

/** Writes them as files of JSON lines, the form of the oracle's generator, in this order. @returns the paths. */
export function writeTrades(folder: string, trades: TradeColumns, files: number): string[] {
  mkdirSync(folder, { recursive: true })
  const { products, product, time, price, size, id } = trades
  return Array.from({ length: files }, (_, f) => {
    const lines: string[] = []
    for (let i = Math.floor((f * time.length) / files); i < Math.floor(((f + 1) * time.length) / files); i++)
      lines.push(
        `{"product_id":"${products[product[i]]}","trade_id":"${id[i]}","price":"${price[i].toFixed(2)}","size":"${size[i].toFixed(8)}","side":"buy","time":"${isoMicros(time[i])}"}\n`,
      )
    const path = join(folder, `part_${f}.ndjson`)
    writeFileSync(path, lines.join(''))
    return path
  })
}

function isoMicros(time: number): string {
  return `${isoTime(Math.floor(time / 1e6) * 1e6).slice(0, 19)}.${String(time % 1e6).padStart(6, '0')}Z`
}
