import { type Clockwork, measureMemory } from './blocks.ts'
import type { Sorted } from './evidently/clean.ts'
import { measureWasserstein } from './evidently/wasserstein.ts'
import { formatDuration } from './format.ts'
import { type Blocked, resampleBlocks } from './resample.ts'
import { measureSpread, type Spread } from './spread.ts'

/** A distance below this share of the spread is no drift, whatever its p-value. */
export const distanceThreshold = 0.1
/** Level of the p-value, after the adjustment for looking at many columns. */
export const level = 0.05
/** Fewer blocks on a side, or on both together, cannot tell a move from a mood. */
const fewest = { side: 4, both: 14 }

export interface ScaleFree {
  /**
   * W1 over the reference's own spread, product by product, averaged by the rows of the current side; null when the
   * reference of a product is constant and its current side is another.
   */
  score: number | null
  spread: ({ product: string } & Spread)[]
  /** From resampling blocks; null when there are too few of them. */
  p: number | null
  /** Length of a block. */
  block_s: number
  /** How long the column remembers; null: longer than can be seen here. */
  memory_s: number | null
  note?: string
}

/** One column of one side, its rows in time. */
export interface TimedColumn {
  values: Float64Array
  group: Int32Array
  clock: Clockwork
}

/** One product of a column on both sides. */
export interface ProductColumn {
  product: string
  reference: Sorted
  current: Sorted
}

/**
 * The scale-free, dependence-aware comparison: how far the two distributions lie apart in spreads of the reference, and how
 * often blocks of time dealt at random lie as far apart. Blocks are as long as the column remembers, at least `blockSeconds`.
 * @param products each with values on both sides, or on neither; in the order of the columns' groups.
 */
export function compareScaleFree(
  reference: TimedColumn,
  current: TimedColumn,
  products: ProductColumn[],
  options: { blockSeconds: number; seed: number },
): ScaleFree {
  const rows = products.reduce((sum, product) => sum + product.current.length, 0)
  const parts = products.map(({ product, ...sides }) => {
    const spread = measureSpread(sides.reference)
    const distance = measureWasserstein(sides.reference, sides.current)
    return { ...sides, product, spread, distance, share: sides.current.length / rows }
  })
  const score = parts.reduce(
    (sum, { distance, spread, share }) => sum + (distance === 0 ? 0 : (share * distance) / spread.value),
    0,
  )
  const memory = Math.max(
    ...[reference, current].map(side => measureMemory(side.values, side.group, products.length, side.clock)),
  )
  const [a, b] = [reference.clock.seconds, current.clock.seconds]
  const longest = Math.floor(Math.min(a / fewest.side, b / fewest.side, (a + b) / fewest.both))
  const wanted = Math.max(options.blockSeconds, memory)
  const result = {
    score: Number.isFinite(score) ? score : null,
    spread: parts.map(({ product, spread }) => ({ product, ...spread })),
    block_s: Math.min(wanted, Math.max(longest, options.blockSeconds)),
    memory_s: Number.isFinite(memory) ? memory : null,
  }
  if (score === 0) return { ...result, p: 1 }
  if (wanted > longest) return { ...result, p: null, note: explainTooFew(memory, Math.min(a, b), options.blockSeconds) }
  const groups = parts.map(({ share, spread, distance, ...sides }) => ({
    ...sides,
    weight: share / (spread.value || distance || 1),
  }))
  return {
    ...result,
    p: resampleBlocks(cut(reference, result.block_s), cut(current, result.block_s), groups, options.seed),
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

function cut({ values, group, clock }: TimedColumn, seconds: number): Blocked {
  return { values, group, block: Int32Array.from(clock.offset, offset => Math.floor(offset / seconds)) }
}

function explainTooFew(memory: number, shorter: number, least: number): string {
  if (memory <= least) return `the shorter side has ${formatDuration(shorter)}: too short to tell`
  const reach = Number.isFinite(memory) ? `remembers ${formatDuration(memory)}` : 'does not forget within the data'
  return `the column ${reach}, the shorter side has ${formatDuration(shorter)}: too few independent stretches to tell`
}
