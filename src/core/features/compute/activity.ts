import { featureIndex } from '../spec.ts'
import { type History, reachSeconds } from '../window/history.ts'

const ticks = [10, 60, 300].map(n => ({ n, at: featureIndex(`ticks_${n}s`) }))
const trades = [10, 60, 300].map(n => ({ n, at: featureIndex(`trades_${n}s`) }))
const midChanges = [60, 300].map(n => ({ n, at: featureIndex(`mid_changes_${n}s`) }))
const spacingMean = featureIndex('interarrival_mean_60s')
const spacingCv = featureIndex('interarrival_cv_60s')
const sinceMidChange = featureIndex('since_mid_change')
const intensities = [5, 30].map(decay => ({ decay, at: featureIndex(`intensity_${decay}s`) }))

/** Counts of quotes, trades and mid changes, times between quotes, and exponential-kernel intensities. */
export function computeActivity(history: History, values: Float64Array): void {
  for (const { n, at } of ticks) values[at] = history.counted('quotes', n)
  for (const { n, at } of trades) values[at] = history.counted('trades', n)
  for (const { n, at } of midChanges) values[at] = countMidChanges(history, n)
  computeSpacing(history, values)
  values[sinceMidChange] = secondsSince(history, history.column.changeTime[history.at])
  for (let i = 0; i < intensities.length; i++)
    values[intensities[i].at] = history.intensity[i].over(history) / intensities[i].decay
}

/** Seconds from a moment, in µs, to T; NaN when its bar is out of reach. */
export function secondsSince(history: History, moment: number): number {
  return Math.floor(moment / 1e6) >= history.time - reachSeconds ? history.time - moment / 1e6 : Number.NaN
}

/** Index of the first second with quotes in the last `seconds`, beyond `at` when there is none. */
function firstQuoted(history: History, seconds: number): number {
  const { quoteCount } = history.column
  let index = history.from(seconds)
  while (index <= history.at && quoteCount[index] === 0) index++
  return index
}

/** A change between two bars counts when both of its quotes lie in the window. */
function countMidChanges(history: History, seconds: number): number {
  const first = firstQuoted(history, seconds)
  return history.counted('changes', seconds) - (first <= history.at ? history.column.cross[first] : 0)
}

/**
 * Mean and dispersion of the times between quotes. In whole µs: the sum of their squares over 60 s stays below 2^53, so the
 * sums are exact and equal times give exactly no dispersion.
 */
function computeSpacing(history: History, values: Float64Array): void {
  const { column } = history
  const first = firstQuoted(history, 60)
  const n = history.counted('quotes', 60) - 1
  const beforeFirst = n >= 0 ? column.spacing[first] - column.spacingSquares[first] : 0
  const squares = history.spacing.over(history) - beforeFirst
  const total = n >= 1 ? history.lastQuoteTime - column.firstQuote[first] : Number.NaN
  values[spacingMean] = total / n / 1e6
  values[spacingCv] =
    n >= 2 && total > 0 ? Math.sqrt(Math.max(0, n * squares - total * total) / (n * (n - 1))) / (total / n) : Number.NaN
}
