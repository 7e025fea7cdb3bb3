import { exp, log } from '../../math/numeric.ts'

const ln2 = log(2)

/**
 * Mean of the values up to each row, a value counting half as much for each half-life since it; nulls are passed over, silences
 * pass time. NaN before the first value.
 * @param values of the rows of one product, in order of time. @param seconds T of each row.
 */
export function decayingMean(values: Float64Array, seconds: Float64Array, halfLife: number): Float64Array {
  const means = new Float64Array(values.length)
  const step = exp(-ln2 / halfLife)
  let sum = 0
  let weight = 0
  for (let i = 0; i < values.length; i++) {
    const passed = i === 0 ? 0 : seconds[i] - seconds[i - 1]
    const kept = passed === 1 ? step : exp((-ln2 * passed) / halfLife)
    sum *= kept
    weight *= kept
    if (!Number.isNaN(values[i])) {
      sum += values[i]
      weight++
    }
    means[i] = weight > 1e-9 ? sum / weight : Number.NaN
  }
  return means
}
