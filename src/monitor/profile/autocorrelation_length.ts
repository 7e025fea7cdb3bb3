import { lags, type ProductRows, type TimeIndex } from './time_index.ts'

/** A correlation below this counts as forgotten. */
const forgottenBelow = 0.2
/** Fewer pairs of rows say nothing about a lag. */
const fewestPairs = 30

/**
 * How long a column of one product remembers: the first of `lags`, in seconds, at which its autocorrelation about its mean falls
 * below 0.2. Infinity when it does not fall so low within the span, or when too few pairs are left to tell. 0 for a constant.
 */
export function measureAutocorrelationLength(
  values: Float64Array,
  { from, to }: ProductRows,
  { later }: TimeIndex,
): number {
  let [known, sum] = [0, 0]
  for (let row = from; row < to; row++)
    if (!Number.isNaN(values[row])) {
      known++
      sum += values[row]
    }
  const mean = sum / known
  let variance = 0
  for (let row = from; row < to; row++) if (!Number.isNaN(values[row])) variance += (values[row] - mean) ** 2
  variance /= known
  if (!(variance > 0)) return 0
  for (let k = 0; k < lags.length; k++) {
    const ahead = later[k]
    let pairs = 0
    let products = 0
    for (let row = from; row < to; row++) {
      if (ahead[row] < 0) continue
      const product = (values[row] - mean) * (values[ahead[row]] - mean)
      if (Number.isNaN(product)) continue
      pairs++
      products += product
    }
    if (pairs < fewestPairs) return Number.POSITIVE_INFINITY
    if (products / pairs < forgottenBelow * variance) return lags[k]
  }
  return Number.POSITIVE_INFINITY
}
