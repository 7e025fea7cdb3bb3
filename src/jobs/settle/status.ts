import type { LiveScore, LiveScores } from '../../monitor/live_scores.ts'
import { gauge, type Metric } from '../../operations/metrics.ts'
import { countsOf, type JobStatus, newJobStatus, worksOf } from '../status.ts'
import type { SettlementPartition } from './partition.ts'

/** What a settlement shows of itself; it writes, others read. */
export interface SettleStatus extends JobStatus<SettlementPartition> {
  skipped: number
  /** As they were calculated last. */
  scores: LiveScore[]
}

export function newSettleStatus(): SettleStatus {
  return { ...newJobStatus<SettlementPartition>(), skipped: 0, scores: [] }
}

/** What came of the records that were taken in since it last began. */
export function settleCounts(status: SettleStatus): SettlementPartition['counts'] {
  return countsOf(status, { taken: 0, late: 0, repeated: 0, dead: 0 })
}

/** Notes the scores of what is settled, with what waits and what was skipped. */
export function noteScores(status: SettleStatus, scores: LiveScores): void {
  const waiting = new Map<string, number>()
  status.skipped = 0
  for (const work of worksOf(status)) {
    status.skipped += work.skipped
    for (const [model, count] of work.waiting()) waiting.set(model, (waiting.get(model) ?? 0) + count)
  }
  status.scores = scores.scores(waiting)
}

/** Metrics of a settlement: the latest scores by model; what is undefined is left out. */
export function settleMetrics({ scores, skipped }: SettleStatus): Metric[] {
  const of = (name: keyof LiveScore, help: string): Metric =>
    gauge(
      `settle_${name}`,
      help,
      ...scores.flatMap(score =>
        score[name] === null ? [] : [{ labels: { model: score.model }, value: score[name] as number }],
      ),
    )
  return [
    of('settled', 'Predictions that are scored: the latest whose label has come.'),
    of('waiting', 'Predictions whose label has not come.'),
    of('prevalence', 'Share of spikes among them: what a score without knowledge gets as PR-AUC.'),
    of('pr_auc', 'Average precision over them.'),
    of('brier', 'Brier score over them.'),
    of('ece', 'Expected calibration error over them.'),
    of('alarms', 'Alarms among them.'),
    gauge('settle_skipped', 'Records that are neither predictions nor labels, or came far too late.', skipped),
  ]
}
