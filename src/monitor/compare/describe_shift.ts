import { percentileOfSorted } from '../../core/math/percentile.ts'
import type { Sorted } from '../evidently/clean.ts'
import { formatNumber, formatShare } from '../format.ts'
import { mergeSorted } from '../profile/merge_sorted.ts'
import type { RobustSpread } from './robust_spread.ts'
import type { ProductColumn } from './scale_free.ts'

export type ShiftKind = 'location' | 'spread' | 'tail' | 'missing'

export interface ColumnShift {
  /** In words, for people. */
  text: string
  moved: ShiftKind[]
}

/** Below these a move is not worth a word: shares of the spread, ratios, shares of rows. */
const worth = { location: 0.1, ratio: 1.25, tailRatio: 1.5, missing: 0.01 }

/**
 * How a column moved: its middle (in spreads of the reference), its width (ratio of the middle halves), its tails (the 1st and
 * 99th percentile beyond what middle and width explain), its nulls. With several products each is measured from its own
 * reference median in its own spreads.
 * @param missing share of nulls on either side.
 */
export function describeShift(products: ProductColumn[], missing: { reference: number; current: number }): ColumnShift {
  const filled = products.filter(({ reference, current }) => reference.n > 0 && current.n > 0)
  const moves: [ShiftKind, string][] = []
  if (filled.length > 0) {
    const { reference, current, spread } = filled.length === 1 ? justOne(filled[0]) : pool(filled)
    const location = describeLocation(reference, current, spread, filled.length === 1)
    const width = describeWidth(reference, current)
    const tail = describeTail(reference, current, spread)
    if (location) moves.push(['location', location])
    if (width) moves.push(['spread', width])
    if (tail) moves.push(['tail', tail])
  }
  if (Math.abs(missing.current - missing.reference) >= worth.missing)
    moves.push(['missing', `nulls ${formatShare(missing.reference)} → ${formatShare(missing.current)}`])
  return {
    text: moves.map(([, words]) => words).join('; ') || 'no move worth a word',
    moved: moves.map(([move]) => move),
  }
}

interface Scaled {
  reference: Sorted
  current: Sorted
  spread: RobustSpread
}

function justOne({ reference, current, spread }: ProductColumn): Scaled {
  return { reference: reference.sorted, current: current.sorted, spread }
}

/** All products on one scale: distance from the product's reference median in its spreads. */
function pool(products: ProductColumn[]): Scaled {
  const join = (side: 'reference' | 'current'): Sorted =>
    mergeSorted(
      products.map(product => {
        const middle = percentileOfSorted(product.reference.sorted, 50)
        const spread = product.spread.value || 1
        return product[side].sorted.map(value => (value - middle) / spread)
      }),
    )
  const spread: RobustSpread = products.every(product => product.spread.value === 0)
    ? { kind: 'constant', value: 0 }
    : { kind: 'standard deviation', value: 1 }
  return { reference: join('reference'), current: join('current'), spread }
}

function describeLocation(reference: Sorted, current: Sorted, spread: RobustSpread, alone: boolean): string | null {
  const [from, to] = [percentileOfSorted(reference, 50), percentileOfSorted(current, 50)]
  const values = alone ? ` (median ${formatNumber(from)} → ${formatNumber(to)})` : ''
  if (spread.value === 0) return from === to ? null : `was constant${values}`
  const moved = (to - from) / spread.value
  if (Math.abs(moved) < worth.location) return null
  return `middle ${moved > 0 ? 'up' : 'down'} by ${Math.abs(moved).toFixed(1)} spreads${values}`
}

function describeWidth(reference: Sorted, current: Sorted): string | null {
  const [before, after] = [width(reference), width(current)]
  if (before === 0 && after === 0) return null
  if (before === 0) return 'now spread out'
  if (after === 0) return 'now nearly constant'
  const ratio = after / before
  if (ratio >= worth.ratio) return `${ratio.toFixed(1)} times as wide`
  return ratio <= 1 / worth.ratio ? `narrower, ${ratio.toFixed(1)} times the width` : null
}

/** Of the middle half, or of the middle 90 % where that half is one value. */
function width(sorted: Sorted): number {
  const half = percentileOfSorted(sorted, 75) - percentileOfSorted(sorted, 25)
  return half > 0 ? half : percentileOfSorted(sorted, 95) - percentileOfSorted(sorted, 5)
}

function describeTail(reference: Sorted, current: Sorted, spread: RobustSpread): string | null {
  const before = width(reference)
  const after = width(current)
  if (before === 0 || after === 0) return null
  const words: string[] = []
  for (const [percent, name] of [
    [99, 'upper'],
    [1, 'lower'],
  ] as const) {
    const reach = (sorted: Sorted): number =>
      Math.abs(percentileOfSorted(sorted, percent) - percentileOfSorted(sorted, 50))
    const ratio = reach(current) / after / (reach(reference) / before)
    const apart = Math.abs(reach(current) - reach(reference))
    if (!(apart >= spread.value / 2)) continue
    if (ratio >= worth.tailRatio) words.push(`${name} tail longer`)
    else if (ratio <= 1 / worth.tailRatio) words.push(`${name} tail shorter`)
  }
  return words.join(', ') || null
}
