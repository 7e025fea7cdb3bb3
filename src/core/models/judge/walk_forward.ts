import { z } from 'zod'
import { averagePrecision } from '../metrics/metrics.ts'
import { segmentSchema } from '../split/segment.ts'
import { judgedStretchSchema, judgeStretch } from './stretch.ts'
import type { WalkedBlocks, WalkedFold, WalkSettings } from './walk_blocks.ts'

/** One block, judged by what was fitted on all before it. */
const foldSchema = segmentSchema.extend({
  group: z.string(),
  train_rows: z.number(),
  /** Labelled rows before the block whose label, with the embargo, would have reached it. */
  purged: z.number(),
  tau: z.record(z.string(), z.number()),
  /** Of each model; null where the block holds one class only. */
  pr_auc: z.record(z.string(), z.number().nullable()),
})

/** The blocks of a walk-forward: judged together, and listed one by one. */
export const walkForwardSchema = judgedStretchSchema.extend({
  /** tau is this percentile of each fold's training, unless `tau_fixed`. */
  percentile: z.number(),
  tau_fixed: z.boolean(),
  /** Length of a judged block in seconds. */
  block_s: z.number(),
  folds: z.array(foldSchema),
  /** Groups, blocks and products that were left out, with the reason. */
  skipped: z.array(z.strictObject({ group: z.string(), why: z.string() })),
  bootstrap: z.strictObject({ block_s: z.number(), samples: z.number() }),
})
export type WalkForward = z.infer<typeof walkForwardSchema>

/** Every figure of a walk-forward. */
export function judgeWalk(
  { folds, skipped }: WalkedBlocks,
  { models, percentile, block_s, tau = null }: Omit<WalkSettings, 'first' | 'embargo_s'>,
): WalkForward {
  return {
    ...judgeStretch(folds, models),
    percentile,
    tau_fixed: tau !== null,
    block_s,
    folds: folds.map(fold => {
      const { group, train_rows, purged, tau, segment } = fold
      const { from, to, ...counts } = segment
      return { group, from, to, train_rows, purged, ...counts, tau, pr_auc: precisionsOf(fold) }
    }),
    skipped,
    bootstrap: { block_s: models.bootstrap_block_s, samples: models.bootstrap_samples },
  }
}

function precisionsOf({ segment: { rows, positives }, rows: { label }, models }: WalkedFold) {
  const isBoth = positives > 0 && positives < rows
  return Object.fromEntries(models.map(({ name, score }) => [name, isBoth ? averagePrecision(label, score) : null]))
}
