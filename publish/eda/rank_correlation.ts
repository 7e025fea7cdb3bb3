/** Ranks from 1 on, ties their mean rank. */
export function rank(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort()
  return Float64Array.from(values, value => (firstNotBelow(sorted, value) + 1 + firstAbove(sorted, value)) / 2)
}

/**
 * Rank correlation of Spearman (1904): Pearson's of the ranks. Pairs with a NaN are left out; null for fewer than 3 pairs or a
 * side that does not vary.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const pairs: number[] = []
  for (let i = 0; i < a.length; i++) if (!Number.isNaN(a[i]) && !Number.isNaN(b[i])) pairs.push(i)
  if (pairs.length < 3) return null
  const x = rank(pairs.map(i => a[i]))
  const y = rank(pairs.map(i => b[i]))
  const mean = (pairs.length + 1) / 2
  let xx = 0
  let yy = 0
  let xy = 0
  for (let i = 0; i < x.length; i++) {
    xx += (x[i] - mean) ** 2
    yy += (y[i] - mean) ** 2
    xy += (x[i] - mean) * (y[i] - mean)
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  return firstWhere(sorted, other => other >= value)
}

function firstAbove(sorted: Float64Array, value: number): number {
  return firstWhere(sorted, other => other > value)
}

/** Place of the first value for which `test` holds, by halving; the length if there is none. */
function firstWhere(sorted: Float64Array, test: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (test(sorted[middle])) high = middle
    else low = middle + 1
  }
  return low
}
