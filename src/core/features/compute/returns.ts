import { log } from '../../math/numeric.ts'
import { type FeatureGroup, feature, own, realised } from '../feature.ts'
import { Moments } from '../window/moments.ts'

const spans = [10, 60, 300]

/** Signed and absolute returns over several spans, and the mean absolute return. */
export const returns: FeatureGroup = {
  features: [
    ...spans.map(n =>
      feature(`return_${n}s`, 'log return', n + 1, `ln(mid(T)/mid(T-${n}))`, `mid(T-${n}) missing`, own, 0),
    ),
    ...spans.map(n => feature(`abs_return_${n}s`, 'log return', n + 1, `|return_${n}s|`, `return_${n}s null`, own, 0)),
    feature('mean_abs_return_300s', 'log return', 300, 'mean of |r| over the last 300 s', 'no return', realised),
  ],
  prepare(history, at) {
    const { column } = history
    const absoluteReturns = history.addFold(new Moments(column.rAbsolute, [300]))
    const pairs = spans.map(n => ({ n, signed: at(`return_${n}s`), absolute: at(`abs_return_${n}s`) }))
    const mean = at('mean_abs_return_300s')
    return values => {
      const mid = column.mid[history.at]
      for (const { n, signed, absolute } of pairs) {
        const value = log(mid / history.before('mid', n))
        values[signed] = value
        values[absolute] = Math.abs(value)
      }
      absoluteReturns.over(history)
      values[mean] = absoluteReturns.mean[0]
    }
  },
}
