import { log } from '../../math/numeric.ts'
import { type FeatureGroup, feature } from '../feature.ts'
import { Maximum } from '../window/maximum.ts'
import { Moments } from '../window/moments.ts'

const windows = [60, 300]
const parkinsonScale = Math.sqrt(4 * Math.LN2)

/** Ranges of the mid (Parkinson 1980) and the width of the Bollinger band over 20 minutes. */
export const range: FeatureGroup = {
  features: [
    ...windows.map(n =>
      feature(
        `parkinson_${n}s`,
        'log return',
        n,
        `ln(H/L)/sqrt(4 ln 2), H and L the highest and lowest mid of any quote in the last ${n} bars`,
        'no quote',
        'Parkinson (1980)',
      ),
    ),
    feature(
      'bollinger_width_1200s',
      '1',
      1200,
      '4*sample std(mid)/mean(mid) over the last 1200 s',
      'fewer than 2 mids',
      'Bollinger (2001)',
    ),
  ],
  prepare(history, at) {
    const { column } = history
    const highest = history.addFold(new Maximum(column.high, windows))
    const lowest = history.addFold(new Maximum(column.lowNegated, windows))
    const mids = history.addFold(new Moments(column.mid, [1200]))
    const parkinson = windows.map(n => at(`parkinson_${n}s`))
    const bollinger = at('bollinger_width_1200s')
    return values => {
      highest.over(history)
      lowest.over(history)
      for (let w = 0; w < windows.length; w++)
        values[parkinson[w]] = log(highest.value[w] / -lowest.value[w]) / parkinsonScale
      mids.over(history)
      values[bollinger] = (4 * mids.std[0]) / mids.mean[0]
    }
  },
}
