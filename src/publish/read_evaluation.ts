import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Evaluation } from '../core/models/judge/evaluation.ts'
import { SpikeError } from '../errors.ts'
import { finishReplacing } from '../files/together.ts'
import { replacingNote } from '../tracking/model_folder.ts'

const number = z.number().nullable()
const reasons = z.record(z.string(), z.string())

const metrics = z.object({
  rows: z.number(),
  positives: z.number(),
  episodes: z.number(),
  prevalence: z.number(),
  pr_auc: number,
  pr_auc_low: number,
  pr_auc_high: number,
  roc_auc: number,
  f1: number,
  precision: number,
  recall: number,
  threshold: number,
  brier: number,
  log_loss: number,
  degenerate: reasons,
})

const segment = z.object({
  from: z.string(),
  to: z.string(),
  rows: z.number(),
  positives: z.number(),
  episodes: z.number(),
  prevalence: z.number(),
  degenerate: z.string().nullable(),
})

const model = z.looseObject({
  name: z.string(),
  title: z.string(),
  kind: z.enum(['baseline', 'learned']),
  recipe: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  validation: metrics,
  test: metrics,
  curve: z.array(z.object({ recall: z.number(), precision: z.number() })),
  reliability: z.array(z.object({ predicted: z.number(), observed: z.number(), rows: z.number() })),
})

const paired = z.looseObject({ value: z.number(), low: number, high: number })
const alarms = z.looseObject({ onsets: z.number(), caught: z.number(), false_alarms: z.number(), hours: z.number() })
const slice = z.looseObject({
  by: z.string(),
  name: z.string(),
  rows: z.number(),
  pr_auc: z.record(z.string(), number),
})

const walkForward = z.looseObject({
  block_s: z.number(),
  positives: z.number(),
  episodes: z.number(),
  prevalence: z.number(),
  folds: z.array(z.looseObject({ from: z.string(), prevalence: z.number(), tau: z.record(z.string(), z.number()) })),
  skipped: z.array(z.looseObject({ group: z.string(), why: z.string() })),
  models: z.record(
    z.string(),
    z.looseObject({ title: z.string(), pr_auc: number, lift: z.record(z.string(), paired), alarms }),
  ),
  random_alarms: alarms,
  slices: z.array(slice),
})

const evaluationSchema = z.looseObject({
  simulated: z.boolean(),
  spec_version: z.string(),
  config_hash: z.string(),
  source: z.looseObject({ file: z.string(), digest: z.string(), rows: z.number(), products: z.array(z.string()) }),
  horizon_s: z.number(),
  tau: z.record(z.string(), z.number()),
  tau_source: z.string(),
  splits: z.looseObject({ train: segment, validation: segment, test: segment }),
  models: z.record(z.string(), model),
  audit: z.looseObject({ passed: z.boolean() }),
  slices: z.array(slice).optional(),
  random_alarms: alarms.optional(),
  walk_forward: walkForward.nullish(),
})

/**
 * Reads the `evaluation.json` of a training run.
 * @throws SpikeError BAD_FILE, one line a fault: file, path inside it, what is wrong.
 */
export function readEvaluation(path: string): Evaluation {
  finishReplacing(join(dirname(path), replacingNote))
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: is not a readable evaluation; write it with models/train.ts`, { cause })
  }
  const result = evaluationSchema.safeParse(value)
  if (result.success) return value as Evaluation
  throw new SpikeError(
    'BAD_FILE',
    result.error.issues.map(issue => `${path}: ${issue.path.join('.') || '(top)'}: ${issue.message}`),
  )
}
