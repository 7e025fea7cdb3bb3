import { exp } from '../../math/numeric.ts'
import { type FeatureGroup, feature } from '../feature.ts'
import { WeightedSum } from '../window/weighted_sum.ts'

const har = 'Corsi (2009), HAR'
const riskMetrics = 'RiskMetrics (1996), exponentially weighted variance, truncated at eight half-lives'
const spans = [1, 5, 15]
const halfLives = [60, 120]

/** HAR means of the log volatility, and exponentially weighted volatilities. */
export const smoothedVolatility: FeatureGroup = {
  features: [
    ...spans.map(minutes =>
      feature(
        `har_${minutes}m`,
        'ln',
        60 * minutes,
        `mean of log_volatility_60s at T, T-60, .. over ${minutes} minute${minutes > 1 ? 's' : ''}, of those not null`,
        'no minute with a volatility',
        har,
      ),
    ),
    ...halfLives.map(h =>
      feature(
        `ewma_volatility_${h}s`,
        'log return',
        8 * h,
        `sqrt(sum w r^2 / sum w), w = 2^(-age/${h}) over the last ${8 * h} s, returns not missing`,
        'no return',
        riskMetrics,
      ),
    ),
  ],
  prepare(history, at) {
    const { column } = history
    const means = spans.map(minutes => ({ at: at(`har_${minutes}m`), minutes }))
    const averages = halfLives.map(h => {
      const weights = Float64Array.from({ length: 8 * h }, (_, age) => exp((-age * Math.LN2) / h))
      return {
        at: at(`ewma_volatility_${h}s`),
        squares: history.addFold(new WeightedSum(column.rSquared, weights)),
        known: history.addFold(new WeightedSum(column.rKnown, weights)),
      }
    })
    return values => {
      let n = 0
      let sum = 0
      let minute = 0
      for (const { at, minutes } of means) {
        for (; minute < minutes; minute++) {
          const value = history.before('logVolatility60', 60 * minute)
          if (Number.isNaN(value)) continue
          n++
          sum += value
        }
        values[at] = n > 0 ? sum / n : Number.NaN
      }
      for (const { at, squares, known } of averages) {
        const weight = known.over(history)
        values[at] = weight > 0 ? Math.sqrt(squares.over(history) / weight) : Number.NaN
      }
    }
  },
}
