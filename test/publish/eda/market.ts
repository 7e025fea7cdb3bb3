import { futureVolatility } from '../../../features/label.ts'
import { log } from '../../../features/numeric.ts'
import { featureNames } from '../../../features/spec.ts'
import type { FeatureTable } from '../../../features/table.ts'
import { seededRandom } from '../../../random.ts'

interface Settings {
  products?: string[]
  seconds?: number
  seed?: number
  /** Seconds since the epoch of the first row. */
  from?: number
  /** Standard deviation of the return of the row at the given second since the epoch. */
  sigmaAt?: (second: number) => number
  /** Whether there is a row at that second. */
  isThere?: (second: number) => boolean
}

/** Rows of a market with normal returns of known volatility; the features that are not filled are seeded noise. */
export function makeMarket({
  products = ['BTC-USD'],
  seconds = 7200,
  seed = 7,
  from = 1_767_571_200,
  sigmaAt = () => 1e-4,
  isThere = () => true,
}: Settings = {}): FeatureTable {
  const random = seededRandom(seed)
  const normal = (): number => Math.sqrt(-2 * log(1 - random())) * Math.cos(2 * Math.PI * random())
  const product: string[] = []
  const times: number[] = []
  for (const name of products)
    for (let i = 0; i < seconds; i++)
      if (isThere(from + i)) {
        product.push(name)
        times.push((from + i) * 1e6)
      }
  const rows = times.length
  const noise = (): Float64Array => Float64Array.from({ length: rows }, random)
  const columns = Object.fromEntries(featureNames.map(name => [name, noise()]))
  columns.return_1s = Float64Array.from(times, (time, row) =>
    row === 0 || product[row - 1] !== product[row] || times[row - 1] !== time - 1e6
      ? Number.NaN
      : sigmaAt(time / 1e6) * normal(),
  )
  columns.mid_age = new Float64Array(rows)
  columns.since_gap = new Float64Array(rows).fill(Number.NaN)
  const table: FeatureTable = {
    rows,
    product,
    time: Float64Array.from(times),
    columns,
    sigma_future: new Float64Array(rows),
  }
  table.sigma_future = futureVolatility(table)
  return table
}

/** Settings of sessions, as config.yaml has them. */
export const sessions = { session_reset_s: 900, carry_s: 10 }
