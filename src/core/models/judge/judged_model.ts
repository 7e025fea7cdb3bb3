import { z } from 'zod'
import { alarmsSchema } from '../metrics/alarms.ts'
import { pairedSchema } from '../metrics/paired.ts'

const figure = z.number().nullable()

/** Who a figure is of. `baseline`: what a learned model has to beat. */
export const namedSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  kind: z.enum(['baseline', 'learned']),
})
export type Named = z.infer<typeof namedSchema>

/** What one model reached on the judged rows. A figure that cannot be computed is null, its reason under `degenerate`. */
export const judgedModelSchema = namedSchema.extend({
  /** Average precision, with a 95 % moving-block bootstrap interval. */
  pr_auc: figure,
  pr_auc_low: figure,
  pr_auc_high: figure,
  roc_auc: figure,
  /** At `threshold`, which was picked on other rows: on validation, or on training where that has no spike. */
  f1: figure,
  precision: figure,
  recall: figure,
  threshold: figure,
  /** Only of scores that are probabilities. */
  brier: figure,
  log_loss: figure,
  /** 1 - Brier / that of a forecast that always says the prevalence of the rows. */
  brier_skill: figure,
  /** Expected calibration error in ten equal bins. */
  ece: figure,
  /** Share of spikes among the highest 1 and 5 % of scores. */
  precision_top1: figure,
  precision_top5: figure,
  /** Average precision inside each 20-minute block and product; label = the top 10 or 25 % of sigma_future there. */
  within_top10: figure,
  within_top25: figure,
  /** Only of models that forecast sigma: root mean squared error of ln sigma, and QLIKE, both with sigma at least 1e-7. */
  log_sigma_rmse: figure,
  qlike: figure,
  /** Rows whose forecast or outcome lay below 1e-7. */
  floored: z.strictObject({ predicted: z.number(), realised: z.number() }).nullable(),
  /** log_sigma_rmse over EWMA's. */
  rmse_ratio: pairedSchema.nullable(),
  /** PR-AUC over that of each reference, and less it, by name; none of itself. */
  lift: z.record(z.string(), pairedSchema),
  gain: z.record(z.string(), pairedSchema),
  /** At the threshold that gives six false alarms an hour on these rows. */
  alarms: alarmsSchema,
  degenerate: z.record(z.string(), z.string()),
})
export type JudgedModel = z.infer<typeof judgedModelSchema>
