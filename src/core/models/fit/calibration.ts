import { log } from '../../math/numeric.ts'
import { rankByScore } from '../metrics/metrics.ts'
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

/** Share of positives among the `share` of rows with the highest scores; ties at the edge count by their mean. */
export function precisionAtTop(labels: ArrayLike<number>, scores: ArrayLike<number>, share: number): number {
  const order = rankByScore(scores)
  const size = Math.max(1, Math.floor(order.length * share))
  const edge = scores[order[size - 1]]
  let sure = 0
  let sureHits = 0
  let tied = 0
  let tiedHits = 0
  for (const row of order) {
    if (scores[row] < edge) break
    if (scores[row] > edge) {
      sure++
      sureHits += labels[row]
    } else {
      tied++
      tiedHits += labels[row]
    }
  }
  return (sureHits + ((size - sure) * tiedHits) / tied) / size
}
