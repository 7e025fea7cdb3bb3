import { featureIndex } from '../spec.ts'
import type { History } from '../window/history.ts'

const mid = featureIndex('mid')
const spread = featureIndex('spread_bps')
const return1 = featureIndex('return_1s')
const imbalance = featureIndex('imbalance')
const imbalanceChange = featureIndex('imbalance_change_10s')
const weighted = featureIndex('weighted_mid_bps')
const spreadMean = [60, 300].map(n => featureIndex(`spread_mean_${n}s`))
const spreadMax = [60, 300].map(n => featureIndex(`spread_max_${n}s`))

/** The quote that gave mid: price, spread, imbalance, and the spread's mean and maximum over a while. */
export function computeBook(history: History, values: Float64Array): void {
  const { column, at } = history
  values[mid] = column.mid[at]
  values[spread] = column.spread[at]
  values[return1] = column.r[at]
  values[imbalance] = column.imbalance[at]
  values[imbalanceChange] = column.imbalance[at] - history.before('imbalance', 10)
  values[weighted] = column.weighted[at]
  history.spreads.over(history)
  history.widest.over(history)
  for (let w = 0; w < spreadMean.length; w++) {
    values[spreadMean[w]] = history.spreads.mean[w]
    values[spreadMax[w]] = history.widest.value[w]
  }
}
