/** Mean and sum of squared distances from it, both folded from the first value to the last. */
export function momentsOf(values: readonly number[]): { mean: number; squares: number } {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) * (value - mean)
  return { mean, squares }
}

/**
 * How many sample standard deviations a value lies above the mean of the values before it. That has no ceiling, as a value
 * among its own window has: of 20 it reaches at most the root of 19. Null where they do not differ.
 */
export function scoreAgainst(before: readonly number[], value: number): number | null {
  const { mean, squares } = momentsOf(before)
  const deviation = Math.sqrt(squares / (before.length - 1))
  return deviation > 0 ? (value - mean) / deviation : null
}
