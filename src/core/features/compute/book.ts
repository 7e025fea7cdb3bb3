import { type FeatureGroup, feature, own } from '../feature.ts'
import { Maximum } from '../window/maximum.ts'
import { Moments } from '../window/moments.ts'

const noSizes = 'the feed gives no sizes'
const windows = [60, 300]

/** The spread over a while, and the sizes of the quote that gave mid. */
export const book: FeatureGroup = {
  features: [
    ...windows.flatMap(n => [
      feature(`spread_mean_${n}s`, 'bp', n, `mean of spread_bps over the last ${n} s, seconds with a mid`),
      feature(`spread_max_${n}s`, 'bp', n, `largest spread_bps over the last ${n} s`),
    ]),
    feature('imbalance', '1', 1, '(bid_size-ask_size)/(bid_size+ask_size) of the quote that gave mid', noSizes),
    feature('imbalance_change_10s', '1', 11, 'imbalance(T)-imbalance(T-10)', 'either null', own, 0),
    feature(
      'weighted_mid_bps',
      'bp',
      1,
      '1e4*((bid*ask_size+ask*bid_size)/(bid_size+ask_size)-mid)/mid of the quote that gave mid',
      noSizes,
      'Gatheral, Oomen (2010)',
    ),
  ],
  prepare(history, at) {
    const { column } = history
    const spreads = history.addFold(new Moments(column.spread, windows))
    const widest = history.addFold(new Maximum(column.spread, windows))
    const means = windows.map(n => at(`spread_mean_${n}s`))
    const maxima = windows.map(n => at(`spread_max_${n}s`))
    const [imbalance, change, weighted] = ['imbalance', 'imbalance_change_10s', 'weighted_mid_bps'].map(at)
    return values => {
      spreads.over(history)
      widest.over(history)
      for (let w = 0; w < windows.length; w++) {
        values[means[w]] = spreads.mean[w]
        values[maxima[w]] = widest.value[w]
      }
      values[imbalance] = column.imbalance[history.at]
      values[change] = column.imbalance[history.at] - history.before('imbalance', 10)
      values[weighted] = column.weighted[history.at]
    }
  },
}
