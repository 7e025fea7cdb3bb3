/** Ranks from 1 on, ties their mean rank. */
export function rank(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b])
  const ranks = new Float64Array(values.length)
  for (let i = 0; i < order.length; ) {
    let end = i + 1
    while (end < order.length && values[order[end]] === values[order[i]]) end++
    for (let k = i; k < end; k++) ranks[order[k]] = (i + 1 + end) / 2
    i = end
  }
  return ranks
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
