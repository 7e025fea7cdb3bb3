import type { Sorted } from '../evidently/clean.ts'

/** A sample in which every value stands for `weight` values. */
export interface WeightedSample {
  sorted: Sorted
  weight: number
}

interface WeightedValues {
  values: Float64Array
  weights: Float64Array
}

/**
 * As many values as `count`, equally spaced in the rank of all samples together, each standing for as many. Adds at most
 * 1 / (2 · count) to the rank error of the samples: between two neighbours the share of values at or below lies within half
 * a step of theirs.
 */
export function downsample(samples: WeightedSample[], count: number): Sorted {
  let left: WeightedValues[] = samples.map(({ sorted, weight }) => ({
    values: sorted,
    weights: new Float64Array(sorted.length).fill(weight),
  }))
  while (left.length > 1) {
    const joined: WeightedValues[] = []
    for (let i = 0; i < left.length; i += 2) joined.push(i + 1 < left.length ? mergeTwo(left[i], left[i + 1]) : left[i])
    left = joined
  }
  const { values, weights } = left[0]
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const kept = new Float64Array(count)
  for (let j = 0, i = 0, reached = weights[0]; j < count; j++) {
    const rank = ((j + 0.5) / count) * total
    while (reached < rank && i + 1 < values.length) reached += weights[++i]
    kept[j] = values[i]
  }
  return kept
}

function mergeTwo(a: WeightedValues, b: WeightedValues): WeightedValues {
  const length = a.values.length + b.values.length
  const merged = { values: new Float64Array(length), weights: new Float64Array(length) }
  for (let i = 0, j = 0, k = 0; k < length; k++) {
    const first = j >= b.values.length || (i < a.values.length && a.values[i] <= b.values[j])
    merged.values[k] = first ? a.values[i] : b.values[j]
    merged.weights[k] = first ? a.weights[i++] : b.weights[j++]
  }
  return merged
}
