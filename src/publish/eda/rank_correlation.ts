import { sortedWithoutNull } from '../../core/math/percentile.ts'
import { countBelow } from '../../core/math/search.ts'

/**
 * Places of values in their ascending order, from 0 on, equal values at the place of the first of them; -1 for NaN. Places of some
 * of the values rank as these do, so a column is sorted once and then compared over many parts of it.
 */
export function findPlaces(values: ArrayLike<number>): Int32Array {
  const sorted = sortedWithoutNull(values)
  return Int32Array.from(values, value => (Number.isNaN(value) ? -1 : countBelow(sorted, value)))
}

/** Ranks from 1 on, ties their mean rank. @param places not negative. */
export function rank(places: Int32Array): Float64Array {
  const highest = places.reduce((most, place) => Math.max(most, place), -1)
  const ends = new Int32Array(highest + 1)
  for (const place of places) ends[place]++
  for (let i = 1; i < ends.length; i++) ends[i] += ends[i - 1]
  return Float64Array.from(places, place => ((place > 0 ? ends[place - 1] : 0) + 1 + ends[place]) / 2)
}

/**
 * Rank correlation of Spearman (1904): Pearson's of the ranks. Pairs with a NaN are left out; null for fewer than 3 pairs or a
 * side that does not vary.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  return correlatePlaces(findPlaces(a), findPlaces(b))
}

/** `rankCorrelation` of what `findPlaces` gave, or of the same part of both. */
export function correlatePlaces(a: Int32Array, b: Int32Array): number | null {
  const [inA, inB] = [new Int32Array(a.length), new Int32Array(a.length)]
  let pairs = 0
  for (let i = 0; i < a.length; i++) {
    if (a[i] < 0 || b[i] < 0) continue
    inA[pairs] = a[i]
    inB[pairs++] = b[i]
  }
  if (pairs < 3) return null
  const x = rank(inA.subarray(0, pairs))
  const y = rank(inB.subarray(0, pairs))
  const mean = (pairs + 1) / 2
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
