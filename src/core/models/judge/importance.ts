import { z } from 'zod'
import { everyRow, type FeatureTable, takeRows } from '../../features/table.ts'
import { maximum, minimum } from '../../math/extremes.ts'
import { seededRandom } from '../../math/random.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import type { Model } from '../recipes/recipe.ts'

const block_s = 60
const repeats = 6
/** Rows are thinned evenly to at most so many: neighbouring seconds say the same, and a long file must not cost minutes. */
const mostRows = 2000
const seed = 60

export const importanceSchema = z.strictObject({
  feature: z.string(),
  /** Mean loss of average precision over the repeats, with the least and the greatest. */
  drop: z.number(),
  low: z.number(),
  high: z.number(),
})
type Importance = z.infer<typeof importanceSchema>

/**
 * How much average precision a model loses when one feature's blocks of 60 rows change places inside each product, six times
 * over, seeded; largest first. Blocks, because neighbouring seconds hold nearly the same value. A feature whose twin is also
 * read loses little, since the twin still tells (Breiman 2001; Strobl and others 2008).
 * @param rows ascending in a table sorted by (product, time), with many spikes among them; empty where the thinning leaves none.
 */
export function permutationImportance(
  table: FeatureTable,
  rows: Int32Array,
  labels: Float64Array,
  { inputs, predict }: Pick<Model, 'inputs' | 'predict'>,
): Importance[] {
  const step = Math.ceil(rows.length / mostRows)
  const thinned = rows.filter((_, i) => i % step === 0)
  const part = takeRows(
    { ...table, columns: Object.fromEntries(inputs.map(name => [name, table.columns[name]])) },
    thinned,
  )
  const y = Uint8Array.from(thinned, row => labels[row])
  if (!y.includes(1)) return []
  const precision = (of: FeatureTable): number => averagePrecision(y, predict(of, everyRow(of)).score)
  const whole = precision(part)
  const random = seededRandom(seed)
  const orders = Array.from({ length: repeats }, () => shuffledBlocks(part.product, Math.ceil(block_s / step), random))
  return inputs
    .map(feature => {
      const column = part.columns[feature]
      const drops = orders.map(order => {
        const columns = { ...part.columns, [feature]: Float64Array.from(order, i => column[i]) }
        return whole - precision({ ...part, columns })
      })
      return {
        feature,
        drop: drops.reduce((sum, drop) => sum + drop, 0) / repeats,
        low: minimum(drops),
        high: maximum(drops),
      }
    })
    .sort((a, b) => b.drop - a.drop)
}

/** Places of rows after the blocks of `size` rows of each product were put in another order: a permutation inside each. */
export function shuffledBlocks(product: string[], size: number, random: () => number): Uint32Array {
  const order: number[] = []
  for (let from = 0; from < product.length; ) {
    let to = from
    while (to < product.length && product[to] === product[from]) to++
    const starts = Array.from({ length: Math.ceil((to - from) / size) }, (_, b) => from + b * size)
    for (let i = starts.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[starts[i], starts[j]] = [starts[j], starts[i]]
    }
    for (const start of starts) for (let i = start; i < Math.min(start + size, to); i++) order.push(i)
    from = to
  }
  return Uint32Array.from(order)
}
