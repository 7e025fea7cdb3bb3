import { log } from '../../math/numeric.ts'
import { fitLogistic } from './logistic.ts'

/** p -> 1/(1 + e^-(slope*logit(p) + offset)). */
export interface Calibration {
  slope: number
  offset: number
}

const least = 1e-9

/** Log odds of a probability, kept finite. */
export function logitOf(p: number): number {
  const inside = Math.min(Math.max(p, least), 1 - least)
  return log(inside / (1 - inside))
}

/**
 * Platt (1999) on log odds, by labels of rows that the model was not fitted on; a slight penalty keeps it finite.
 * @returns null where the rows hold one class only, or where higher scores would turn out to mean fewer spikes.
 */
export function fitCalibration(labels: ArrayLike<number>, probabilities: ArrayLike<number>): Calibration | null {
  const positives = Array.from(labels).reduce((sum, label) => sum + label, 0)
  if (positives === 0 || positives === labels.length) return null
  const { weights, intercept } = fitLogistic(Float64Array.from(probabilities, logitOf), labels, { l2: 1e-3 })
  return weights[0] > 0 ? { slope: weights[0], offset: intercept } : null
}
