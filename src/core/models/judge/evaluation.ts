import { z } from 'zod'
import { SpikeError } from '../../../errors.ts'
import { auditCheckSchema } from '../audit/check.ts'
import { probabilitySchema } from '../metrics/probability_metrics.ts'
import { segmentSchema } from '../split/segment.ts'
import { importanceSchema } from './importance.ts'
import { namedSchema } from './judged_model.ts'
import { judgedStretchSchema } from './stretch.ts'
import { walkForwardSchema } from './walk_forward.ts'

/** What an evaluation says of its own form. A file of another version is refused: train again. */
export const evaluationForm = { format: 'spike60-evaluation', version: 2 } as const

function numbersOf<Name extends string>(...names: Name[]) {
  return z.strictObject(Object.fromEntries(names.map(name => [name, z.number()])) as Record<Name, z.ZodNumber>)
}

/** A model of the training: everything but the figures that it reached. */
const modelReportSchema = namedSchema.extend({
  /** One sentence: what it computes from what. */
  recipe: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** What it rests on, largest first; empty for a rule. */
  weights: z.array(z.strictObject({ feature: z.string(), weight: z.number() })),
  /** Loss of average precision on validation when blocks of one feature change places, largest first; empty where not measured. */
  importance: z.array(importanceSchema),
  /** On test without the calibration on validation, so that one sees whether it helped; null where there is none. */
  before_calibration: probabilitySchema.nullable(),
  /** Precision-recall curve on test, at most 200 points, recall ascending; `alarmed` is the share of rows at that score or above. */
  curve: z.array(numbersOf('score', 'recall', 'precision', 'alarmed')),
  /** Reliability on test in ten bins of equally many rows, with 95 % intervals, for probabilities. */
  reliability: z.array(numbersOf('predicted', 'observed', 'rows', 'low', 'high')),
})
export type ModelReport = z.infer<typeof modelReportSchema>

/** All that a training run found: the source of the summary, the PDF, the model card and the MLflow runs. */
const evaluationSchema = z.strictObject({
  format: z.literal(evaluationForm.format),
  version: z.literal(evaluationForm.version),
  /** True when any row comes from the simulated exchange; then every page says so. */
  simulated: z.boolean(),
  spec_version: z.string(),
  config_hash: z.string(),
  /** Feature file as seen from the folder of the run, the digest of its rows, and what it holds. */
  source: z.strictObject({
    file: z.string(),
    digest: z.string(),
    rows: z.number(),
    labelled: z.number(),
    products: z.array(z.string()),
    from: z.string(),
    to: z.string(),
  }),
  horizon_s: z.number(),
  percentile: z.number(),
  tau: z.record(z.string(), z.number()),
  tau_source: z.string(),
  /** Segments of the split by time, and what each model reached on the two that nothing was fitted on. */
  splits: z.strictObject({
    train: segmentSchema,
    validation: judgedStretchSchema,
    test: judgedStretchSchema,
    purged_rows: z.number(),
    embargo_s: z.number(),
  }),
  /** Name of the model that is meant where none is named: the one that the verdict speaks of, else the logistic. */
  base: z.string(),
  /** By name, in the order in which they are shown. */
  models: z.record(z.string(), modelReportSchema),
  audit: z.strictObject({ passed: z.boolean(), checks: z.array(auditCheckSchema) }),
  /** Features that were all null or constant in training, each with the reason in brackets. */
  dropped: z.array(z.string()),
  /** Features with an indicator because training holds nulls. */
  imputed: z.array(z.string()),
  /** sigma_future of training at percentiles, for the plot that justifies tau. */
  sigma_percentiles: z.array(z.strictObject({ product: z.string(), percentile: z.number(), sigma: z.number() })),
  /** The same recipes fitted anew block by block over the whole file; null where the file is too short for it, with the reason. */
  walk_forward: walkForwardSchema.nullable(),
  walk_forward_missing: z.string().nullable(),
})

/**
 * What a training run found, as `evaluation.json` holds it.
 * @example
 * const { splits, walk_forward } = parseEvaluation(text, 'models/artifacts/evaluation.json')
 * splits.test.models.average.pr_auc // beside splits.test.prevalence
 * walk_forward?.models.average.lift.persistence // { value, low, high }
 */
export type Evaluation = z.infer<typeof evaluationSchema>

/** The text of `evaluation.json`; what `parseEvaluation` could not read again is not written. */
export function encodeEvaluation(evaluation: Evaluation): string {
  return `${JSON.stringify(evaluationSchema.parse(evaluation), null, 2)}\n`
}

/**
 * Reads the text of an `evaluation.json`. @param where names it in faults.
 * @throws SpikeError BAD_FILE: one line for a text of another version, else one line a fault.
 */
export function parseEvaluation(text: string, where: string): Evaluation {
  let value: { format?: unknown; version?: unknown } | null
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${where}: is not a readable evaluation; train again (npm run train)`, { cause })
  }
  if (value?.format !== evaluationForm.format || value.version !== evaluationForm.version)
    throw new SpikeError(
      'BAD_FILE',
      `${where}: is no evaluation of version ${evaluationForm.version}, which this program reads; train again (npm run train)`,
    )
  const result = evaluationSchema.safeParse(value)
  if (result.success) return result.data
  throw new SpikeError(
    'BAD_FILE',
    result.error.issues.map(issue => `${where}: ${issue.path.join('.') || '(top)'}: ${issue.message}`),
  )
}
