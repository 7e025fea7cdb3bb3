import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { leadOf, usableWalkForward } from '../headline.ts'
import { score } from '../numbers.ts'

/** Two or three lines under the verdict for a reader of page one: alarms as a user feels them, and whether a probability can be believed. */
export function findings(evaluation: Evaluation): string[] {
  const walked = usableWalkForward(evaluation)
  const lead = walked?.lead ?? leadOf(Object.values(evaluation.models))
  if (lead === undefined) return []
  const rival = walked ? walked.report.models.persistence : evaluation.models.persistence
  const random = walked ? walked.report.random_alarms : evaluation.random_alarms
  const { ece, brier_skill } = walked?.lead ?? evaluation.models[lead.name].test
  return [
    ...(lead.alarms && rival?.alarms && random && lead.alarms.onsets > 0
      ? [
          `As an alarm, at six false ones in an hour of one product: it warns of ${lead.alarms.caught} of ${lead.alarms.onsets} onsets${lead.alarms.lead_s === null ? '' : `, half of them ${lead.alarms.lead_s.toFixed(0)} s ahead or more`}; 60-second persistence of ${rival.alarms.caught}, a random smooth score of ${random.caught}.`,
        ]
      : []),
    ...(ece !== null && ece !== undefined
      ? [
          `As a probability: off by ${score(ece)} on average (ECE)${brier_skill === null || brier_skill === undefined ? '' : `, Brier skill ${score(brier_skill)}: ${brier_skill > 0 ? 'better' : 'no better'} than always saying the prevalence`}.`,
        ]
      : []),
  ]
}
