import { z } from 'zod'
import { calibrationError, reliability } from './curves.ts'
import { brierScore, logLoss } from './metrics.ts'

export const probabilitySchema = z.strictObject({
  brier: z.number(),
  /** 1 - Brier / that of a forecast that always says the rows' own prevalence; null where all rows are of one class. */
  brier_skill: z.number().nullable(),
  log_loss: z.number(),
  /** Expected calibration error in ten equal bins. */
  ece: z.number(),
})
export type ProbabilityMetrics = z.infer<typeof probabilitySchema>

/** How good scores are as probabilities. At least one row. */
export function judgeProbabilities(labels: ArrayLike<number>, probabilities: ArrayLike<number>): ProbabilityMetrics {
  let positives = 0
  for (let i = 0; i < labels.length; i++) positives += labels[i]
  const prevalence = positives / labels.length
  const brier = brierScore(labels, probabilities)
  const alwaysBase = prevalence * (1 - prevalence)
  return {
    brier,
    brier_skill: alwaysBase > 0 ? 1 - brier / alwaysBase : null,
    log_loss: logLoss(labels, probabilities),
    ece: calibrationError(reliability(labels, probabilities)),
  }
}
