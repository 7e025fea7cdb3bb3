import { maximum } from '../../core/math/extremes.ts'
import { formatDuration } from '../format.ts'
import type { ColumnPart, Profile } from '../profile/profile.ts'
import type { TimeIndex } from '../profile/time_index.ts'
import { type ResampledProduct, resampleBlocks } from './resample.ts'
import type { RobustSpread } from './robust_spread.ts'

/** A distance below this share of the spread is no drift, whatever its p-value. */
export const distanceThreshold = 0.1
/** Level of the p-value, after the adjustment for looking at many columns. */
export const level = 0.05
/** With fewer blocks than this, on a side or on both together, chance cannot be told from a change. */
const fewest = { side: 4, both: 14 }
/** More blocks than this only cost time, so longer blocks are taken, as long as each side keeps sixteen. */
const plenty = { side: 16, both: 128 }

export interface ScaleFree {
  /**
   * W1 over the reference's own spread, product by product, averaged by the rows of the current side; null when the
   * reference of a product is constant and its current side is another.
   */
  score: number | null
  spread: ({ product: string } & RobustSpread)[]
  /** From resampling blocks; null when there are too few of them. */
  p: number | null
  /** Length of a block. */
  block_s: number
  /** How long the column remembers; null: longer than can be seen here. */
  memory_s: number | null
  note?: string
}

/** One product of a column on both sides. */
export interface ProductColumn {
  product: string
  reference: ColumnPart
  current: ColumnPart
  /** Of the reference. */
  spread: RobustSpread
  /** W1 in the unit of the column; 0 where a side is empty. */
  distance: number
}

/** The current rows of a column, and how long either side lasts. */
export interface TimedColumn {
  reference: Pick<Profile, 'keys' | 'filled' | 'block_s'>
  /** Current values, a row each. */
  values: Float64Array
  times: TimeIndex
  seed: number
}

/**
 * The scale-free, dependence-aware comparison: how far the two distributions lie apart in spreads of the reference, and how
 * often blocks of time that are shared out at random lie as far apart. Blocks are whole multiples of the reference's, as long as the column
 * remembers.
 * @param products each with values on both sides, or on neither.
 */
export function compareScaleFree(products: ProductColumn[], timing: TimedColumn): ScaleFree {
  const { reference, times } = timing
  const rows = products.reduce((sum, { current }) => sum + current.n, 0)
  const score = products.reduce(
    (sum, { distance, spread, current }) => sum + (distance === 0 ? 0 : ((current.n / rows) * distance) / spread.value),
    0,
  )
  const memory = maximum(products.flatMap(product => [product.reference.memory_s, product.current.memory_s]))
  const [a, b] = [reference.filled.reduce((sum, seconds) => sum + seconds, 0), times.seconds]
  const unit = reference.block_s
  const longest = Math.floor(Math.min(a / fewest.side, b / fewest.side, (a + b) / fewest.both))
  const wanted = Math.max(1, Math.ceil(memory / unit)) * unit
  const saving =
    Math.min(Math.ceil((a + b) / plenty.both / unit), Math.floor(Math.min(a, b) / plenty.side / unit)) * unit
  const block_s = wanted > longest ? Math.max(Math.floor(longest / unit), 1) * unit : Math.max(wanted, saving)
  const result = {
    score: Number.isFinite(score) ? score : null,
    spread: products.map(({ product, spread }) => ({ product, ...spread })),
    block_s,
    memory_s: Number.isFinite(memory) ? memory : null,
  }
  if (score === 0) return { ...result, p: 1 }
  if (wanted > longest) return { ...result, p: null, note: explainTooFew(memory, Math.min(a, b), unit) }
  const resampled = products
    .filter(product => product.current.n > 0)
    .map(
      ({ product, reference, current, spread, distance }): ResampledProduct => ({
        reference,
        current: current.sorted,
        values: timing.values,
        productRows: times.products.find(rows => rows.product === product)!,
        weight: current.n / rows / (spread.value || distance || 1),
      }),
    )
  return {
    ...result,
    p: resampleBlocks(resampled, reference.keys, times, { factor: block_s / unit, seed: timing.seed }),
  }
}

/** p-values adjusted for looking at all of them at once (Benjamini and Hochberg 1995); null stays null and does not count. */
export function adjustForMany(ps: (number | null)[]): (number | null)[] {
  const known = ps.flatMap((p, i) => (p === null ? [] : [{ p, i }])).sort((x, y) => y.p - x.p)
  const adjusted: (number | null)[] = ps.map(() => null)
  let least = 1
  known.forEach(({ p, i }, fromTop) => {
    least = Math.min(least, (p * known.length) / (known.length - fromTop))
    adjusted[i] = least
  })
  return adjusted
}

function explainTooFew(memory: number, shorter: number, least: number): string {
  if (memory <= least) return `the shorter side has ${formatDuration(shorter)}: too short to tell`
  const reach = Number.isFinite(memory) ? `remembers ${formatDuration(memory)}` : 'does not forget within the data'
  return `the column ${reach}, the shorter side has ${formatDuration(shorter)}: too few independent stretches to tell`
}
