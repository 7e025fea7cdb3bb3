import type { History } from '../history.ts'
import { featureIndex } from '../spec.ts'

const mid = featureIndex('mid')
const spread = featureIndex('spread_bps')
const return1 = featureIndex('return_1s')
const imbalance = featureIndex('imbalance')
const imbalanceChange = featureIndex('imbalance_change_10s')
const weighted = featureIndex('weighted_mid_bps')
const spreads = [60, 300].map(n => ({
  n,
  mean: featureIndex(`spread_mean_${n}s`),
  max: featureIndex(`spread_max_${n}s`),
}))

/** The quote that gave mid: price, spread, imbalance, and the spread's mean and maximum over a while. */
export function computeBook(history: History, values: Float64Array): void {
  const { column, at } = history
  values[mid] = column.mid[at]
  values[spread] = column.spread[at]
  values[return1] = column.r[at]
  values[imbalance] = column.imbalance[at]
  values[imbalanceChange] = column.imbalance[at] - history.before('imbalance', 10)
  values[weighted] = column.weighted[at]
  for (const { n, mean, max } of spreads) {
    let count = 0
    let sum = 0
    let highest = Number.NEGATIVE_INFINITY
    for (let index = at, oldest = history.from(n); index >= oldest; index--) {
      const value = column.spread[index]
      if (Number.isNaN(value)) continue
      count++
      sum += value
      if (value > highest) highest = value
    }
    values[mean] = count > 0 ? sum / count : Number.NaN
    values[max] = count > 0 ? highest : Number.NaN
  }
}
