import type { History } from '../history.ts'
import { exp } from '../numeric.ts'
import { featureIndex } from '../spec.ts'

const ticks = [10, 60, 300].map(n => ({ n, at: featureIndex(`ticks_${n}s`) }))
const trades = [10, 60, 300].map(n => ({ n, at: featureIndex(`trades_${n}s`) }))
const midChanges = [60, 300].map(n => ({ n, at: featureIndex(`mid_changes_${n}s`) }))
const spacingMean = featureIndex('interarrival_mean_60s')
const spacingCv = featureIndex('interarrival_cv_60s')
const sinceMidChange = featureIndex('since_mid_change')
const intensities = [5, 30].map(decay => ({
  decay,
  at: featureIndex(`intensity_${decay}s`),
  weights: Float64Array.from({ length: 8 * decay }, (_, age) => exp(-age / decay)),
}))

/** Counts of quotes, trades and mid changes, times between quotes, and exponential-kernel intensities. */
export function computeActivity(history: History, values: Float64Array): void {
  for (const { n, at } of ticks) values[at] = history.counted('quotes', n)
  for (const { n, at } of trades) values[at] = history.counted('trades', n)
  for (const { n, at } of midChanges) values[at] = countMidChanges(history, n)
  computeSpacing(history, values)
  values[sinceMidChange] = timeSinceMidChange(history)
  const { quoteCount } = history.column
  for (const { decay, at, weights } of intensities) {
    let sum = 0
    for (let index = history.at, oldest = history.from(weights.length); index >= oldest; index--)
      sum += weights[history.at - index] * quoteCount[index]
    values[at] = sum / decay
  }
}

/** A change between two bars counts when both of its quotes lie in the window. */
function countMidChanges(history: History, seconds: number): number {
  const { quoteCount, changes, cross } = history.column
  let count = 0
  let seen = false
  for (let index = history.from(seconds); index <= history.at; index++) {
    if (quoteCount[index] === 0) continue
    count += changes[index] + (seen ? cross[index] : 0)
    seen = true
  }
  return count
}

/** Mean and dispersion of the times between quotes, merged bar by bar (Chan, Golub, LeVeque 1979). */
function computeSpacing(history: History, values: Float64Array): void {
  const { quoteCount, firstQuote, lastQuote, spacingM2 } = history.column
  let n = 0
  let mean = 0
  let m2 = 0
  let last = Number.NaN
  const merge = (count: number, average: number, squares: number): void => {
    const delta = average - mean
    const total = n + count
    mean += (delta * count) / total
    m2 += squares + (delta * delta * n * count) / total
    n = total
  }
  for (let index = history.from(60); index <= history.at; index++) {
    if (quoteCount[index] === 0) continue
    if (!Number.isNaN(last)) merge(1, (firstQuote[index] - last) / 1e6, 0)
    const inside = quoteCount[index] - 1
    if (inside > 0) merge(inside, (lastQuote[index] - firstQuote[index]) / 1e6 / inside, spacingM2[index])
    last = lastQuote[index]
  }
  values[spacingMean] = n >= 1 ? mean : Number.NaN
  values[spacingCv] = n >= 2 && mean > 0 ? Math.sqrt(m2 / (n - 1)) / mean : Number.NaN
}

function timeSinceMidChange(history: History): number {
  const { quoteCount, changes, lastChange, cross, firstQuote } = history.column
  for (let index = history.at, oldest = history.from(900); index >= oldest; index--) {
    if (quoteCount[index] === 0) continue
    if (changes[index] > 0) return history.time - lastChange[index] / 1e6
    if (cross[index] === 1) return history.time - firstQuote[index] / 1e6
  }
  return Number.NaN
}
