import { type FeatureGroup, feature, own } from '../feature.ts'

/** The quote that gave mid: price, spread, and the return since the second before. */
export const quote: FeatureGroup = {
  features: [
    feature('mid', 'quote currency', 1, '(bid+ask)/2 of the last quote of the bar that ends at T, carried up to 10 s'),
    feature('spread_bps', 'bp', 1, '1e4*(ask-bid)/mid of the quote that gave mid'),
    feature('return_1s', 'log return', 2, 'r(T) = ln(mid(T)/mid(T-1))', 'mid(T-1) missing', own, 0),
  ],
  prepare(history, at) {
    const { column } = history
    const [mid, spread, return1] = ['mid', 'spread_bps', 'return_1s'].map(at)
    return values => {
      values[mid] = column.mid[history.at]
      values[spread] = column.spread[history.at]
      values[return1] = column.r[history.at]
    }
  },
}
