/** The least of any number of values; Infinity for none. A spread into `Math.min` fails beyond a hundred thousand or so. */
export function minimum(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY
  for (const value of values) least = Math.min(least, value)
  return least
}

/** The greatest of any number of values; -Infinity for none. */
export function maximum(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) most = Math.max(most, value)
  return most
}
