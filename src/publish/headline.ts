import type { Evaluation } from '../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../core/models/judge/judged_model.ts'
import type { JudgedStretch } from '../core/models/judge/stretch.ts'
import type { WalkForward } from '../core/models/judge/walk_forward.ts'
import type { Paired } from '../core/models/metrics/paired.ts'
import { average } from '../core/models/recipes/average.ts'

/**
 * The learned model that a verdict speaks of, as it is on test: the recipe fixed beforehand; where that has no score on test, the one
 * with the best PR-AUC on validation, so that test does not choose. Undefined where test scores none.
 */
export function leadOf({ splits: { validation, test } }: Evaluation): JudgedModel | undefined {
  const learned = Object.values(test.models).filter(({ kind, pr_auc }) => kind === 'learned' && pr_auc !== null)
  return (
    learned.find(({ name }) => name === average.name) ?? best(learned, ({ name }) => validation.models[name].pr_auc)
  )
}

/** The walk-forward of an evaluation where its rows can carry a verdict: 30 spikes and 5 episodes at least, the lead judged. */
export function usableWalkForward(evaluation: Evaluation): { walk: WalkForward; lead: JudgedModel } | undefined {
  const { walk_forward: walk } = evaluation
  if (walk === null || walk.degenerate !== null) return undefined
  const lead = walk.models[average.name] ?? walk.models[leadOf(evaluation)?.name ?? '']
  return lead && { walk, lead }
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

/** The lead beside the strongest baseline on the same rows; undefined where either has no score. */
export function compareWithBaselines(lead: JudgedModel | undefined, { models }: JudgedStretch): Comparison | undefined {
  const baselines = Object.values(models).filter(({ kind, pr_auc }) => kind === 'baseline' && pr_auc !== null)
  const baseline = best(baselines, ({ pr_auc }) => pr_auc)
  if (lead === undefined || lead.pr_auc === null || baseline === undefined) return undefined
  const { title, pr_auc, pr_auc_low: low, pr_auc_high: high } = lead
  const baseline_pr_auc = baseline.pr_auc!
  const ratio = lead.lift[baseline.name] ?? null
  const isSure =
    ratio === null
      ? low !== null && baseline.pr_auc_high !== null && low > baseline.pr_auc_high
      : ratio.low !== null && ratio.low > 1
  const standing = pr_auc <= baseline_pr_auc ? 'behind' : isSure ? 'beats' : 'ahead'
  return { title, pr_auc, low, high, baseline: baseline.title, baseline_pr_auc, ratio, standing }
}

function best(models: JudgedModel[], value: (model: JudgedModel) => number | null): JudgedModel | undefined {
  return models.reduce<JudgedModel | undefined>(
    (top, model) => (top === undefined || (value(model) ?? -1) > (value(top) ?? -1) ? model : top),
    undefined,
  )
}
