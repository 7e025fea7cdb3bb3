import { metadataKeys } from '../src/core/features/metadata.ts'
import { log, sin } from '../src/core/math/numeric.ts'
import { seededRandom } from '../src/core/math/random.ts'
import type { Side } from '../src/monitor/columns/side.ts'

export const benchRows = 100_000
const columns = 20

/** Two days of one product, a row a second: columns that remember seconds to minutes, of all scales, some with heavy tails. */
export function makeSides(): { reference: Side; current: Side } {
  const start = Date.UTC(2026, 0, 5) * 1000
  return { reference: makeSide('reference', 1, start), current: makeSide('current', 2, start + benchRows * 1e6) }
}

function makeSide(name: string, seed: number, from: number): Side {
  return {
    name,
    rows: benchRows,
    product: new Array<string>(benchRows).fill('BTC-USD'),
    time: Float64Array.from({ length: benchRows }, (_, i) => from + i * 1e6),
    timed: true,
    columns: Object.fromEntries(
      Array.from({ length: columns }, (_, k) => [
        `column_${String(k).padStart(2, '0')}`,
        { kind: 'double' as const, values: makeColumn(k, seededRandom(1000 * seed + k), seed === 2 ? 1 + k / 50 : 1) },
      ]),
    ),
    others: {},
    metadata: { [metadataKeys.simulated]: 'true' },
  }
}

/** A first-order autoregression; every third column cubed, every fifth in units of 1e-5, every seventh with nulls. */
function makeColumn(k: number, random: () => number, scale: number): Float64Array {
  const keep = 1 - 1 / (5 + 5 * k)
  const values = new Float64Array(benchRows)
  for (let i = 0, x = 0; i < benchRows; i++) {
    x = keep * x + Math.sqrt((1 - keep * keep) * -2 * log(1 - random())) * sin(2 * Math.PI * random())
    values[i] = (k % 3 === 2 ? x ** 3 : x) * scale * (k % 5 === 4 ? 1e-5 : 1)
    if (k % 7 === 6 && random() < 0.05) values[i] = Number.NaN
  }
  return values
}
