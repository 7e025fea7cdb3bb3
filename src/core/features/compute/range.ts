import { log } from '../../math/numeric.ts'
import { featureIndex } from '../spec.ts'
import type { History } from '../window/history.ts'

const parkinson = [60, 300].map(n => featureIndex(`parkinson_${n}s`))
const bollinger = featureIndex('bollinger_width_1200s')
const parkinsonScale = Math.sqrt(4 * Math.LN2)

/** Ranges of the mid (Parkinson 1980) and the width of the Bollinger band over 20 minutes. */
export function computeRange(history: History, values: Float64Array): void {
  const { highest, lowest, mids } = history
  highest.over(history)
  lowest.over(history)
  for (let w = 0; w < parkinson.length; w++)
    values[parkinson[w]] = log(highest.value[w] / -lowest.value[w]) / parkinsonScale
  mids.over(history)
  values[bollinger] = (4 * mids.std[0]) / mids.mean[0]
}
