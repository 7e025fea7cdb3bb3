/**
 * The first index for which `holds` is true, `length` where it is for none, by halving.
 * @param holds false up to some index, true from there on.
 */
export function firstWhere(length: number, holds: (index: number) => boolean): number {
  let from = 0
  let to = length
  while (from < to) {
    const middle = (from + to) >> 1
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}

/** How many values of an ascending array are below x. Where it is known to be at least `from` and at most `to`, say so. */
export function countBelow(sorted: ArrayLike<number>, x: number, from = 0, to = sorted.length): number {
  while (from < to) {
    const middle = (from + to) >> 1
    if (sorted[middle] < x) from = middle + 1
    else to = middle
  }
  return from
}

/** How many values of an ascending array are at most x. */
export function countAtMost(sorted: ArrayLike<number>, x: number): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (sorted[middle] <= x) from = middle + 1
    else to = middle
  }
  return from
}
