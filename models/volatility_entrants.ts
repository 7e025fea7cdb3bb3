import type { Config } from '../config.ts'
import { type Calibration, fitCalibration } from './calibration.ts'
import { average } from './contestants/average.ts'
import { boostingRegression } from './contestants/boosting_regression.ts'
import { har } from './contestants/har.ts'
import { ridge } from './contestants/ridge.ts'
import type { Entrant, Training } from './model.ts'
import { type FittedVolatility, predictVolatility } from './volatility_predict.ts'

/** A volatility model that was fitted on training and, where that could be, calibrated on validation. */
export interface VolatilityEntrant extends Entrant {
  fitted: FittedVolatility
}

/**
 * Fits the fixed volatility recipes. @param validation rows for Platt's calibration; none where validation is degenerate.
 */
export function volatilityEntrants(
  training: Training,
  validation: Int32Array | null,
  config: Config,
): VolatilityEntrant[] {
  const { table, labels } = training
  const every = Int32Array.from({ length: table.rows }, (_, row) => row)
  return [har, ridge(config), boostingRegression(config), average(config)].map(model => {
    const { name, title, kind, recipe, params } = model
    const fit = model.fit(training)
    const { score } = fit.predict(table, every)
    const calibration = validation && fitCalibration(at(labels, validation), at(score, validation))
    const fitted = calibration ? withCalibration(fit.volatility!, calibration) : fit.volatility!
    return {
      name,
      title,
      kind,
      recipe,
      params: { ...params, calibrated_on: calibration ? 'validation' : 'residuals only' },
      weights: fit.explain(),
      scores: calibration ? predictVolatility(fitted, table, every, training.tau).probability : score,
      probability: true,
      fitted,
    }
  })
}

/** The same calibration inside the link: both are linear in log odds. */
function withCalibration(fitted: FittedVolatility, { slope, offset }: Calibration): FittedVolatility {
  const { link } = fitted
  return { ...fitted, link: { slope: slope * link.slope, offset: slope * link.offset + offset } }
}

function at(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, row => values[row])
}
