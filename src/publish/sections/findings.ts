import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../../core/models/judge/lead.ts'
import { persistence } from '../../core/models/recipes/rules.ts'
import { usableWalkForward } from '../headline.ts'
import { score } from '../numbers.ts'

/** Some lines under the verdict for a reader of page one: alarms as a user feels them, whether a probability can be believed, what shuffling would have claimed. */
export function findings(evaluation: Evaluation): string[] {
  const walked = usableWalkForward(evaluation)
  const { models, random_alarms: random } = walked?.walk ?? evaluation.splits.test
  const lead = walked?.lead ?? leadOf(evaluation)
  if (lead === undefined) return []
  const { alarms, ece, brier_skill } = lead
  return [
    ...(alarms.onsets > 0
      ? [
          `As an alarm, at six false ones in an hour of one product: it warns of ${alarms.caught} of ${alarms.onsets} onsets${alarms.lead_s === null ? '' : `, half of them ${alarms.lead_s.toFixed(0)} s ahead or more`}; 60-second persistence of ${models[persistence.name].alarms.caught}, a random smooth score of ${random.caught}.`,
        ]
      : []),
    ...(ece !== null
      ? [
          `As a probability: off by ${score(ece)} on average (ECE)${brier_skill === null ? '' : `, Brier skill ${score(brier_skill)}: ${brier_skill > 0 ? 'better' : 'no better'} than always saying the prevalence`}.`,
        ]
      : []),
    ...shuffled(evaluation),
  ]
}

function shuffled({ audit }: Evaluation): string[] {
  const { claimed_pr_auc: claimed, best_pr_auc_by_time: honest } =
    audit.checks.find(({ name }) => name === 'shuffled_split')?.figures ?? {}
  if (claimed === undefined || honest === undefined) return []
  return [
    `Had the rows been shuffled before the split, PR-AUC would be ${score(claimed)} (deep trees); honest, by time, the best of all models has ${score(honest)}.`,
  ]
}
