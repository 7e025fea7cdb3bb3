/** Values of one column and side, ascending, finite. Every numeric test reads this. */
export type Sorted = Float64Array

/** Finite values in ascending order; NaN (null) and ±infinity are left out, column by column and side by side, as Evidently does. */
export function cleanNumbers(values: ArrayLike<number>): Sorted {
  const kept = new Float64Array(values.length)
  let n = 0
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) kept[n++] = values[i]
  return (n === kept.length ? kept : kept.slice(0, n)).sort()
}

/** Texts that are there; null and the empty text are missing. */
export function cleanTexts(values: readonly (string | null)[]): string[] {
  return values.filter((value): value is string => value !== null && value !== '')
}

/** Number of distinct values. */
export function countDistinct(sorted: Sorted): number {
  let distinct = 0
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++
  return distinct
}

/** Number of distinct values over two sides together; counting ends at `upTo`. */
export function countDistinctOfBoth(a: Sorted, b: Sorted, upTo = Number.POSITIVE_INFINITY): number {
  let distinct = 0
  for (let i = 0, j = 0; distinct < upTo && (i < a.length || j < b.length); distinct++) {
    const value = j >= b.length || a[i] <= b[j] ? a[i] : b[j]
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
  }
  return distinct
}
