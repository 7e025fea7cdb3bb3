import type { Evaluation } from '../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../core/models/judge/judged_model.ts'
import { best, leadOf } from '../core/models/judge/lead.ts'
import type { JudgedStretch } from '../core/models/judge/stretch.ts'
import type { WalkForward } from '../core/models/judge/walk_forward.ts'
import type { Paired } from '../core/models/metrics/paired.ts'
import { average } from '../core/models/recipes/average.ts'
import { drawn } from '../core/models/recipes/drawn.ts'

/** The walk-forward of an evaluation where its rows can carry a verdict: 30 spikes and 5 episodes at least, the lead judged. */
export function usableWalkForward(evaluation: Evaluation): { walk: WalkForward; lead: JudgedModel } | undefined {
  const { walk_forward: walk } = evaluation
  if (walk === null || walk.degenerate !== null) return undefined
  const lead = walk.models[drawn.name] ?? walk.models[average.name] ?? walk.models[leadOf(evaluation)?.name ?? '']
  return lead && { walk, lead }
}

/** Names of the recipe that the verdict speaks of and of the baseline with the best PR-AUC on test. */
export function highlightsOf(evaluation: Evaluation): { lead: string | undefined; baseline: string | undefined } {
  const lead = leadOf(evaluation)
  return { lead: lead?.name, baseline: hardestOf(evaluation.splits.test)?.name }
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
export function compareWithBaselines(lead: JudgedModel | undefined, stretch: JudgedStretch): Comparison | undefined {
  const baseline = hardestOf(stretch)
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

/** The baseline with the best PR-AUC on the rows. */
export function hardestOf({ models }: JudgedStretch): JudgedModel | undefined {
  const baselines = Object.values(models).filter(({ kind, pr_auc }) => kind === 'baseline' && pr_auc !== null)
  return best(baselines, ({ pr_auc }) => pr_auc)
}
