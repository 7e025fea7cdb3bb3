import { percentileOfSorted } from '../../core/math/percentile.ts'
import type { Sorted } from '../evidently/clean.ts'

export interface RobustSpread {
  /** `constant`: no spread at all, `value` is 0. */
  kind: 'standard deviation' | 'interquartile range' | 'constant'
  /** In the unit of the column. */
  value: number
}

/** Interquartile range of a normal distribution in standard deviations. */
const normalRange = 1.3489795003921634

/** Where the standard deviation is more than so many times what the quartiles say, a few far values make it. */
const heavyFrom = 2
/** Beyond this the column is nearly constant but for those values, and its quartiles say nothing. */
const heavyTo = 10

/**
 * The reference's own spread: its standard deviation, or for heavy tails its interquartile range over 1.349 (which is the
 * standard deviation of a normal distribution), so that a few far values do not hide a move of all the others.
 * A column that is nearly constant but for a few values keeps its standard deviation.
 * @param deviation standard deviation with divisor n.
 */
export function measureRobustSpread(reference: Sorted, deviation: number): RobustSpread {
  const range = (percentileOfSorted(reference, 75) - percentileOfSorted(reference, 25)) / normalRange
  if (!(deviation > 0)) return { kind: 'constant', value: 0 }
  if (deviation > heavyFrom * range && deviation <= heavyTo * range)
    return { kind: 'interquartile range', value: range }
  return { kind: 'standard deviation', value: deviation }
}
