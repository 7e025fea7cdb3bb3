import { volatilityFloor } from '../../features/feature.ts'
import { exp, log, square } from '../../math/numeric.ts'

/** Errors of predicted against realised volatility, one per row, both floored at 1e-7. */
export interface ForecastErrors {
  /** (ln predicted - ln realised)^2 */
  squaredLog: Float64Array
  /** x - ln x - 1, x = realised^2/predicted^2: Patton (2011). */
  qlike: Float64Array
  /** Rows whose prediction or outcome lay below the floor. */
  floored: { predicted: number; realised: number }
}

export function forecastErrors(predicted: ArrayLike<number>, realised: ArrayLike<number>): ForecastErrors {
  const squaredLog = new Float64Array(predicted.length)
  const qlike = new Float64Array(predicted.length)
  const floored = { predicted: 0, realised: 0 }
  for (let i = 0; i < predicted.length; i++) {
    if (predicted[i] < volatilityFloor) floored.predicted++
    if (realised[i] < volatilityFloor) floored.realised++
    const difference = log(Math.max(realised[i], volatilityFloor)) - log(Math.max(predicted[i], volatilityFloor))
    squaredLog[i] = square(difference)
    qlike[i] = exp(2 * difference) - 2 * difference - 1
  }
  return { squaredLog, qlike, floored }
}

export interface ForecastMetrics {
  log_sigma_rmse: number
  qlike: number
  floored: ForecastErrors['floored']
}

/** Root mean squared error of ln sigma, and mean QLIKE. */
export function summariseErrors({ squaredLog, qlike, floored }: ForecastErrors): ForecastMetrics {
  return { log_sigma_rmse: Math.sqrt(meanOf(squaredLog)), qlike: meanOf(qlike), floored }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
