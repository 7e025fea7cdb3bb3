import type { LiveScore } from '../../monitor/live_scores.ts'
import { aligned, show } from './text_table.ts'

/** The scores of models on predictions that have met their labels, for a terminal. */
export function describeScores(scores: LiveScore[]): string {
  return aligned([
    ['model', 'settled', 'waiting', 'unlabelled', 'spikes', 'prevalence', 'PR-AUC', 'Brier', 'ECE', ...ofAlarms],
    ...scores.map(score => [
      score.model,
      ...[score.settled, score.waiting, score.unlabelled, score.positives].map(String),
      ...[score.prevalence, score.pr_auc, score.brier, score.ece].map(show),
      `${score.alarms}`,
      ...[score.precision, score.recall].map(show),
    ]),
  ])
}

const ofAlarms = ['alarms', 'precision', 'recall']
