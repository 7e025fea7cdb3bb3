import { drawBlocks, resampledPrecision } from './bootstrap.ts'
import { averagePrecision } from './metrics.ts'
import { type Paired, pairedDifference } from './paired.ts'

export interface DifferenceSettings {
  /** Seconds with rows. */
  block_s: number
  /** Resamples, at least. */
  samples: number
  seed: number
  /** Of the interval, in per cent. */
  level: number
}

/** Resamples that are in memory at a time. */
const mostAtOnce = 400

/**
 * Average precision of one score less that of another on the same rows of one stretch of time, at least one of them a spike, with
 * an interval by blocks. @param times microseconds, rows of any products in any order.
 */
export function precisionDifference(
  labels: Float64Array,
  [one, other]: [Float64Array, Float64Array],
  times: Float64Array,
  { block_s, samples, seed, level }: DifferenceSettings,
): Paired {
  const atOnce = Math.min(mostAtOnce, samples)
  const group = Array.from(times, () => 'stretch')
  const standings = [one, other].map(score => ({
    score,
    value: averagePrecision(labels, score),
    drawn: [] as number[],
  }))
  for (let batch = 0; batch * atOnce < samples; batch++) {
    const resamples = drawBlocks(times, group, { block_s, samples: atOnce, seed: seed + batch })
    if (resamples === null) break
    for (const { score, drawn } of standings)
      for (const value of resampledPrecision(labels, score, resamples)) drawn.push(value)
  }
  const [a, b] = standings.map(({ value, drawn }) => ({
    value,
    drawn: drawn.length > 0 ? Float64Array.from(drawn) : null,
  }))
  return pairedDifference(a, b, level)
}
