import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../features/table.ts'
import { type Calibration, fitCalibration } from '../fit/calibration.ts'
import { type FittedVolatility, predictVolatility } from '../fit/volatility_predict.ts'
import { average } from './average.ts'
import { boostingRegression } from './boosting_regression.ts'
import { har } from './har.ts'
import type { Entrant, Model, Training } from './model.ts'
import { ridge } from './ridge.ts'

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
  const { table } = training
  const every = Int32Array.from({ length: table.rows }, (_, row) => row)
  return volatilityRecipes(config).map(model => {
    const { name, title, kind, recipe, params } = model
    const fit = model.fit(training)
    const calibrated = validation && calibrateOn(fit.volatility!, { ...training, rows: validation })
    const fitted = calibrated ?? fit.volatility!
    const { probability, sigma } = predictVolatility(fitted, table, every, training.tau)
    const inputs = fitted.readings.map(reading => reading.name)
    return {
      name,
      title,
      kind,
      recipe,
      params: { ...params, calibrated_on: calibrated ? 'validation' : 'residuals only' },
      weights: fit.explain(),
      score: probability,
      sigma,
      probability: true,
      fitted,
      ...(calibrated && {
        uncalibrated: (rows: Int32Array) => predictVolatility(fit.volatility!, table, rows, training.tau).probability,
      }),
      ...(kind === 'learned' && {
        scorer: { inputs, score: (other: FeatureTable) => scoreAll(fitted, other, training.tau) },
      }),
    }
  })
}

/** The fixed recipes that forecast volatility, HAR among them. */
export function volatilityRecipes(config: Config): Model[] {
  return [har, ridge(config), boostingRegression(config), average(config)]
}

/** The model with Platt's calibration on rows that it was not fitted on; null where they allow none. */
export function calibrateOn(fitted: FittedVolatility, { table, rows, labels, tau }: Training): FittedVolatility | null {
  const { probability } = predictVolatility(fitted, table, rows, tau)
  const calibration = fitCalibration(
    Float64Array.from(rows, row => labels[row]),
    probability,
  )
  return calibration && withCalibration(fitted, calibration)
}

function scoreAll(fitted: FittedVolatility, table: FeatureTable, tau: Record<string, number>): Float64Array {
  const every = Int32Array.from({ length: table.rows }, (_, row) => row)
  return predictVolatility(fitted, table, every, tau).probability
}

/** The same calibration inside the link: both are linear in log odds. */
function withCalibration(fitted: FittedVolatility, { slope, offset }: Calibration): FittedVolatility {
  const { link } = fitted
  return { ...fitted, link: { slope: slope * link.slope, offset: slope * link.offset + offset } }
}
