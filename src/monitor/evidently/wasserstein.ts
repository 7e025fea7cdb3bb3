import type { Sorted } from './clean.ts'

/** Evidently divides by the reference's standard deviation, but never by less than this. */
export const spreadFloor = 0.001

/**
 * First Wasserstein distance of two samples, in the unit of the column: the area between their empirical distribution
 * functions (Vallender 1974), in one walk over both.
 */
export function measureWasserstein(reference: Sorted, current: Sorted): number {
  const [n, m] = [reference.length, current.length]
  let area = 0
  let last = Math.min(reference[0], current[0])
  for (let i = 0, j = 0; i < n || j < m; ) {
    const next = j >= m || (i < n && reference[i] <= current[j]) ? reference[i] : current[j]
    area += Math.abs(i / n - j / m) * (next - last)
    last = next
    while (i < n && reference[i] === next) i++
    while (j < m && current[j] === next) j++
  }
  return area
}

/** Evidently's "Wasserstein distance (normed)": W1 over max(population standard deviation of the reference, 0.001). */
export function scoreWasserstein(
  reference: Sorted,
  current: Sorted,
  known: { deviation?: number; distance?: number } = {},
): number {
  const distance = known.distance ?? measureWasserstein(reference, current)
  return distance / Math.max(known.deviation ?? populationDeviation(reference), spreadFloor)
}

/** Standard deviation with divisor n. */
export function populationDeviation(values: Sorted): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  const mean = sum / values.length
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2
  return Math.sqrt(squares / values.length)
}
