import { maximum } from '../../core/math/extremes.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { basisPoints, count, score } from '../numbers.ts'

/**
 * Scores beyond PR-AUC, where the evidence is widest: over the walk-forward if there is one, else on test. Timing inside blocks,
 * precision of the highest scores, calibration, error of the volatility forecast.
 */
export function moreScores({ splits, walk_forward }: Evaluation) {
  const { models, within_chance: chance, prevalence } = walk_forward ?? splits.test
  const judged = Object.values(models)
  const floored = judged.map(model => (model.floored ? model.floored.predicted + model.floored.realised : 0))
  return {
    source: walk_forward ? 'walk-forward, all blocks pooled' : 'test segment',
    header: [
      'Model',
      'Top 1 %',
      'Top 5 %',
      'Within 10 %',
      'Within 25 %',
      'Brier skill',
      'Log loss',
      'ECE',
      'RMSE ln σ',
      '÷ EWMA',
      'QLIKE',
    ],
    rows: [
      ...judged.map(model => [
        model.title,
        score(model.precision_top1),
        score(model.precision_top5),
        score(model.within_top10),
        score(model.within_top25),
        score(model.brier_skill),
        score(model.log_loss),
        score(model.ece),
        score(model.log_sigma_rmse),
        score(model.rmse_ratio?.value, 2),
        compact(model.qlike),
      ]),
      [
        'Prevalence, or chance',
        score(prevalence),
        score(prevalence),
        score(chance?.top10),
        score(chance?.top25),
        '0.000',
        ...['', '', '', '', ''],
      ],
    ],
    floored: maximum(floored) > 0 ? count(maximum(floored)) : null,
    floor: basisPoints(1e-7),
  }
}

function compact(value: number | null): string {
  if (value === null) return '–'
  return Math.abs(value) >= 100 ? count(value) : score(value)
}
