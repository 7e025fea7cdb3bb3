import type { Evaluation, ModelResult } from '../core/models/judge/evaluation.ts'
import type { FullModel, FullReport } from '../core/models/judge/full_report.ts'
import type { Paired } from '../core/models/metrics/group_bootstrap.ts'

/** Fixed beforehand as the recipe that speaks for the learned models, so that no score chooses it. */
const fixed = 'average'

/**
 * The learned model that a verdict speaks of: the recipe fixed beforehand; where that has no score on test, the one with the best
 * PR-AUC on validation, so that test does not choose. Undefined where test scores none.
 */
export function leadOf(models: ModelResult[]): ModelResult | undefined {
  const learned = models.filter(({ kind, test }) => kind === 'learned' && test.pr_auc !== null)
  return learned.find(({ name }) => name === fixed) ?? best(learned, model => model.validation.pr_auc ?? -1)
}

/** The walk-forward of an evaluation where its rows can carry a verdict: 30 spikes and 5 episodes at least, the lead judged. */
export function usableWalkForward({
  walk_forward: report,
  models,
}: Evaluation): { report: FullReport; lead: FullModel } | undefined {
  if (!report || report.positives < 30 || report.episodes < 5) return undefined
  const lead = report.models[fixed] ?? report.models[leadOf(Object.values(models))?.name ?? '']
  return lead && { report, lead }
}

/** A model beside the baseline that is hardest to beat on the same rows, and how sure the difference is. */
export interface Comparison {
  title: string
  pr_auc: number
  low: number | null
  high: number | null
  baseline: string
  baseline_pr_auc: number
  /** PR-AUC over the baseline's, resampled together; null where that was not done for this baseline. */
  ratio: Paired | null
  standing: 'beats' | 'ahead' | 'behind'
}

/** The lead on the test segment beside the strongest baseline; undefined where either has no score. */
export function compareOnTest({ models }: Evaluation): Comparison | undefined {
  const all = Object.values(models)
  const lead = leadOf(all)
  const baseline = best(
    all.filter(({ kind, test }) => kind === 'baseline' && test.pr_auc !== null),
    model => model.test.pr_auc!,
  )
  if (lead === undefined || baseline === undefined) return undefined
  const ratio = lead.against?.find(one => one.baseline === baseline.name)?.ratio ?? null
  return compare(lead, lead.test as Scored, baseline, baseline.test as Scored, ratio)
}

/** The same over the pooled rows of a walk-forward. */
export function compareWalkForward({ report, lead }: { report: FullReport; lead: FullModel }): Comparison | undefined {
  const baseline = best(
    Object.values(report.models).filter(({ kind, pr_auc }) => kind === 'baseline' && pr_auc !== null),
    model => model.pr_auc!,
  )
  if (baseline === undefined || lead.pr_auc === null) return undefined
  return compare(lead, lead as Scored, baseline, baseline as Scored, lead.lift[baseline.name] ?? null)
}

interface Scored {
  pr_auc: number
  pr_auc_low: number | null
  pr_auc_high: number | null
}

function compare(
  { title }: { title: string },
  own: Scored,
  baseline: { title: string },
  other: Scored,
  ratio: Paired | null,
): Comparison {
  const isSure =
    ratio === null
      ? own.pr_auc_low !== null && other.pr_auc_high !== null && own.pr_auc_low > other.pr_auc_high
      : ratio.low !== null && ratio.low > 1
  return {
    title,
    pr_auc: own.pr_auc,
    low: own.pr_auc_low,
    high: own.pr_auc_high,
    baseline: baseline.title,
    baseline_pr_auc: other.pr_auc,
    ratio,
    standing: own.pr_auc <= other.pr_auc ? 'behind' : isSure ? 'beats' : 'ahead',
  }
}

function best<Model>(models: Model[], value: (model: Model) => number): Model | undefined {
  return models.reduce<Model | undefined>(
    (top, model) => (top === undefined || value(model) > value(top) ? model : top),
    undefined,
  )
}
