import { exp } from '../../math/numeric.ts'
import { type FeatureGroup, feature, own } from '../feature.ts'
import type { History } from '../window/history.ts'
import { WeightedSum } from '../window/weighted_sum.ts'

const hawkes = 'Hawkes (1971), exponential kernel, truncated at eight decay times'
const windows = [10, 60, 300]
const changeWindows = [60, 300]
const decays = [5, 30]

/** Counts of quotes, trades and mid changes, times between quotes, and exponential-kernel intensities. */
export const activity: FeatureGroup = {
  features: [
    ...windows.map(n => feature(`ticks_${n}s`, 'quotes', n, `quotes in the last ${n} bars`)),
    ...windows.map(n => feature(`trades_${n}s`, 'trades', n, `trades in the last ${n} bars`)),
    ...changeWindows.map(n =>
      feature(
        `mid_changes_${n}s`,
        'changes',
        n,
        `quotes whose mid differs from the quote before, both in the last ${n} bars`,
      ),
    ),
    feature(
      'interarrival_mean_60s',
      's',
      60,
      'mean time between one quote and the next, both in the last 60 bars',
      'fewer than 2 quotes',
    ),
    feature(
      'interarrival_cv_60s',
      '1',
      60,
      'sample std of those times over their mean; 1 for a Poisson stream',
      'fewer than 3 quotes, or mean 0',
    ),
    feature(
      'since_mid_change',
      's',
      900,
      'T less the time of the last quote whose mid differed from the one before it, at most 900 bars earlier',
      'none in the last 900 bars',
      own,
      0,
    ),
    ...decays.map(decay =>
      feature(
        `intensity_${decay}s`,
        'quotes/s',
        8 * decay,
        `sum of quotes(bar) e^(-age/${decay}) / ${decay} over the last ${8 * decay} bars, age in s from the bar's end`,
        '',
        hawkes,
      ),
    ),
  ],
  prepare(history, at) {
    const { column } = history
    const ticks = windows.map(n => ({ n, at: at(`ticks_${n}s`) }))
    const trades = windows.map(n => ({ n, at: at(`trades_${n}s`) }))
    const midChanges = changeWindows.map(n => ({ n, at: at(`mid_changes_${n}s`) }))
    const computeSpacing = prepareSpacing(history, at)
    const sinceMidChange = at('since_mid_change')
    const intensities = decays.map(decay => {
      const weights = Float64Array.from({ length: 8 * decay }, (_, age) => exp(-age / decay))
      return {
        decay,
        at: at(`intensity_${decay}s`),
        fold: history.addFold(new WeightedSum(column.quoteCount, weights)),
      }
    })
    return values => {
      for (const { n, at } of ticks) values[at] = history.counted('quotes', n)
      for (const { n, at } of trades) values[at] = history.counted('trades', n)
      for (const { n, at } of midChanges) values[at] = countMidChanges(history, n)
      computeSpacing(values)
      values[sinceMidChange] = history.secondsSince(column.changeTime[history.at])
      for (const { decay, at, fold } of intensities) values[at] = fold.over(history) / decay
    }
  },
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
function prepareSpacing(history: History, at: (name: string) => number): (values: Float64Array) => void {
  const { column } = history
  const spacing = history.addFold(new WeightedSum(column.spacing, new Float64Array(60).fill(1)))
  const [mean, dispersion] = ['interarrival_mean_60s', 'interarrival_cv_60s'].map(at)
  return values => {
    const first = firstQuoted(history, 60)
    const n = history.counted('quotes', 60) - 1
    const beforeFirst = n >= 0 ? column.spacing[first] - column.spacingSquares[first] : 0
    const squares = spacing.over(history) - beforeFirst
    const total = n >= 1 ? history.lastQuoteTime - column.firstQuote[first] : Number.NaN
    values[mean] = total / n / 1e6
    // Of one time between quotes, and where all are 0, it is 0 / 0.
    values[dispersion] = Math.sqrt(Math.max(0, n * squares - total * total) / (n * (n - 1))) / (total / n)
  }
}
