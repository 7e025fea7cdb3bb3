import type { Sorted } from '../evidently/clean.ts'

/** Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7, as pandas has it); NaN when empty. */
export function quantileOf(sorted: Sorted, share: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
}
