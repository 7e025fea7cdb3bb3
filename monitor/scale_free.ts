import { type Clockwork, measureMemory } from './blocks.ts'
import type { Sorted } from './evidently/clean.ts'
import { measureWasserstein } from './evidently/wasserstein.ts'
import { type Blocked, resampleBlocks } from './resample.ts'
import { measureSpread, type Spread } from './spread.ts'

/** A distance below this share of the spread is no drift, whatever its p-value. */
export const distanceThreshold = 0.1
/** Level of the p-value, after the adjustment for looking at many columns. */
export const level = 0.05
/** Fewer blocks on a side, or on both together, cannot tell a move from a mood. */
const fewest = { side: 4, both: 14 }

export interface ScaleFree {
  /** W1 over the reference's own spread; null when the reference is constant and the current side is not. */
  score: number | null
  spread: Spread
  /** From resampling blocks; null when there are too few of them. */
  p: number | null
  /** Length of a block and how long the column remembers, seconds; null: longer than can be seen here. */
  block_s: number
  memory_s: number | null
  note?: string
}

/** One column of one side: in time, and sorted without nulls. */
export interface TimedColumn {
  values: Float64Array
  sorted: Sorted
  clock: Clockwork
}

/**
 * The scale-free, dependence-aware comparison: how far the two distributions lie apart in spreads of the reference, and how
 * often blocks of time dealt at random lie as far apart. Blocks are as long as the column remembers, at least `blockSeconds`.
 * @param reference at least one value that is not null; `current` likewise.
 */
export function compareScaleFree(
  reference: TimedColumn,
  current: TimedColumn,
  options: { blockSeconds: number; seed: number },
): ScaleFree {
  const spread = measureSpread(reference.sorted)
  const distance = measureWasserstein(reference.sorted, current.sorted)
  const score = distance === 0 ? 0 : spread.value > 0 ? distance / spread.value : null
  const memory = Math.max(
    measureMemory(reference.values, reference.clock),
    measureMemory(current.values, current.clock),
  )
  const [a, b] = [reference.clock.seconds, current.clock.seconds]
  const longest = Math.floor(Math.min(a / fewest.side, b / fewest.side, (a + b) / fewest.both))
  const wanted = Math.max(options.blockSeconds, memory)
  const result = { score, spread, block_s: Math.min(wanted, Math.max(longest, options.blockSeconds)) }
  const memory_s = Number.isFinite(memory) ? memory : null
  if (distance === 0) return { ...result, p: 1, memory_s }
  if (wanted > longest)
    return { ...result, p: null, memory_s, note: explainTooFew(memory, wanted, Math.min(a, b), options.blockSeconds) }
  return {
    ...result,
    memory_s,
    p: resampleBlocks(cut(reference, result.block_s), cut(current, result.block_s), options.seed),
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

function cut(column: TimedColumn, seconds: number): Blocked {
  const block = Int32Array.from(column.clock.offset, offset => Math.floor(offset / seconds))
  return { values: column.values, block, blocks: block.reduce((most, b) => Math.max(most, b), 0) + 1 }
}

function explainTooFew(memory: number, wanted: number, shorter: number, least: number): string {
  const minutes = (seconds: number): string => `${Math.round(seconds / 60)} min`
  if (memory <= least) return `the shorter side has ${minutes(shorter)}: too short to tell`
  const reach = Number.isFinite(wanted) ? `remembers ${minutes(wanted)}` : 'does not forget within the data'
  return `the column ${reach}, the shorter side has ${minutes(shorter)}: too few independent stretches to tell`
}
