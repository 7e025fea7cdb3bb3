import { type FeatureGroup, feature, own, volatilityFloor } from '../feature.ts'
import { Moments } from '../window/moments.ts'

/** How volatility_60s has moved. */
export const volatilityOfVolatility: FeatureGroup = {
  features: [
    feature(
      'volatility_of_volatility_300s',
      'log return',
      360,
      'sample std of volatility_60s at the rows of the last 300 s',
      'fewer than 2 volatilities',
      own,
      300,
    ),
    feature(
      'volatility_zscore_900s',
      '1',
      960,
      '(volatility_60s - m)/max(s, 1e-7), m and s (sample) of volatility_60s at the rows of the last 900 s',
      'volatility_60s null or fewer than 2 of them',
      'the z-score rule of the assignment',
      900,
    ),
  ],
  everySecond: true,
  prepare(history, at) {
    const { volatility60 } = history.column
    const volatilities = history.addFold(new Moments(volatility60, [300, 900]), 'owner')
    const [ofVolatility, zscore] = ['volatility_of_volatility_300s', 'volatility_zscore_900s'].map(at)
    return values => {
      volatilities.extend(history)
      volatilities.over(history)
      values[ofVolatility] = volatilities.std[0]
      values[zscore] =
        (volatility60[history.at] - volatilities.mean[1]) / Math.max(volatilities.std[1], volatilityFloor)
    }
  },
}
