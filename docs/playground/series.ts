/** A column over time in equal spans, so that a day is as many points as a screen has; NaN where a span has no value. */
export interface Series {
  /** Microseconds since the epoch of the first and the last row. */
  from: number
  to: number
  lowest: Float64Array
  highest: Float64Array
}

const mostSpans = 600
const second = 1e6

/**
 * The lowest and highest value of each span.
 * @param start first row of the product.
 * @param end row after its last one; there is at least one.
 */
export function seriesOf(times: Float64Array, values: Float64Array, start: number, end: number): Series {
  const [from, to] = [times[start], times[end - 1]]
  const spans = Math.min(mostSpans, Math.round((to - from) / second) + 1)
  const lowest = new Float64Array(spans).fill(Number.NaN)
  const highest = new Float64Array(spans).fill(Number.NaN)
  for (let row = start; row < end; row++) {
    const value = values[row]
    if (Number.isNaN(value)) continue
    const span = to === from ? 0 : Math.min(spans - 1, Math.floor(((times[row] - from) / (to - from)) * spans))
    if (!(lowest[span] <= value)) lowest[span] = value
    if (!(highest[span] >= value)) highest[span] = value
  }
  return { from, to, lowest, highest }
}
