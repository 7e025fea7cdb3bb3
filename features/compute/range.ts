import type { History } from '../history.ts'
import { log, reciprocals } from '../numeric.ts'
import { featureIndex } from '../spec.ts'

const parkinson = [60, 300].map(n => ({ n, at: featureIndex(`parkinson_${n}s`) }))
const bollinger = featureIndex('bollinger_width_1200s')
const parkinsonScale = Math.sqrt(4 * Math.LN2)

/** Ranges of the mid (Parkinson 1980) and the width of the Bollinger band over 20 minutes. */
export function computeRange(history: History, values: Float64Array): void {
  const { column, at } = history
  for (const { n, at: place } of parkinson) {
    let high = Number.NEGATIVE_INFINITY
    let low = Number.POSITIVE_INFINITY
    for (let index = at, oldest = history.from(n); index >= oldest; index--) {
      if (column.high[index] > high) high = column.high[index]
      if (column.low[index] < low) low = column.low[index]
    }
    values[place] = high >= low ? log(high / low) / parkinsonScale : Number.NaN
  }
  let n = 0
  let mean = 0
  let m2 = 0
  for (let index = at, oldest = history.from(1200); index >= oldest; index--) {
    const value = column.mid[index]
    if (Number.isNaN(value)) continue
    const delta = value - mean
    mean += delta * reciprocals[++n]
    m2 += delta * (value - mean)
  }
  values[bollinger] = n >= 2 ? (4 * Math.sqrt(m2 / (n - 1))) / mean : Number.NaN
}
