/**
 * Percentile with linear interpolation between order statistics, as numpy's default (type 7 of Hyndman, Fan 1996).
 * @param sorted ascending, without NaN. @param percent 0 to 100. NaN when there is no value.
 */
export function percentileOfSorted(sorted: ArrayLike<number>, percent: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = ((sorted.length - 1) * percent) / 100
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  const low = sorted[below]
  const high = sorted[above]
  const share = place - below
  // numpy's lerp: from the nearer end, so that the result never leaves [low, high]
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
}

/** `percentileOfSorted` of values in any order; NaN is left out. */
export function percentileOf(values: ArrayLike<number>, percent: number): number {
  return percentileOfSorted(sortedWithoutNull(values), percent)
}

/** The values that are not NaN, ascending, as a new array. */
export function sortedWithoutNull(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .filter(value => !Number.isNaN(value))
    .sort()
}
