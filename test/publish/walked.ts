import type { AlarmSummary } from '../../models/alarms.ts'
import type { Evaluation } from '../../models/evaluation.ts'
import type { FullModel, FullReport } from '../../models/full_report.ts'
import type { Paired } from '../../models/group_bootstrap.ts'
import { exampleEvaluation } from './example.ts'

const rivals = ['persistence', 'persistence_300s', 'ewma_120s']

/** The example with everything that a training may add: walk-forward, lifts, alarms, slices, importance. All invented. */
export function walkedEvaluation(changes: Partial<Evaluation> = {}): Evaluation {
  const evaluation = exampleEvaluation()
  const { models } = evaluation
  const named = (of: keyof typeof models, name: string, title: string) => ({
    ...structuredClone(models[of]),
    name,
    title,
  })
  Object.assign(models, {
    persistence_300s: named('persistence', 'persistence_300s', 'Persistence, 300 s'),
    ewma_120s: named('persistence', 'ewma_120s', 'EWMA, half-life 120 s'),
    average: named('logistic', 'average', 'Average of ridge and trees'),
  })
  for (const [name, model] of Object.entries(models)) {
    Object.assign(model.test, {
      brier_skill: model.test.brier === null ? null : 0.04,
      ece: model.test.brier === null ? null : 0.031,
      precision_top1: 0.4,
      precision_top5: 0.3,
      within_top10: 0.19,
      within_top25: 0.36,
      log_sigma_rmse: 0.5,
      qlike: 0.7,
      floored: { predicted: 0, realised: 3 },
    })
    model.against = rivals
      .filter(baseline => baseline !== name)
      .map(baseline => ({ baseline, ratio: paired(1.2, 0.8, 1.7), difference: paired(0.05, -0.04, 0.12) }))
    model.alarms = alarms(6, 11)
    if (name === 'average') model.before_calibration = { brier: 0.09, brier_skill: 0.01, log_loss: 0.31, ece: 0.052 }
    if (model.kind === 'learned')
      model.importance = ['volatility_60s', 'mark_15m_ahead', 'ticks_60s', 'spread_mean_300s'].map((feature, i) => ({
        feature,
        drop: 0.05 / (i + 1),
        low: 0.01 - 0.01 * i,
        high: 0.08,
      }))
  }
  return {
    ...evaluation,
    within_chance: { top10: 0.101, top25: 0.251 },
    random_alarms: alarms(3, 11),
    slices: [{ by: 'product', name: 'BTC-USD', rows: 2800, positives: 300, episodes: 7, pr_auc: { average: 0.3 } }],
    walk_forward: exampleWalkForward(),
    walk_forward_missing: null,
    ...changes,
  }
}

/** A made-up walk-forward whose recipe is ahead of persistence, not surely. */
export function exampleWalkForward(): FullReport {
  return {
    percentile: 90,
    tau_fixed: false,
    block_s: 1200,
    rows: 19_000,
    positives: 2300,
    episodes: 27,
    prevalence: 0.121,
    cells: 16,
    within_prevalence: { top10: 0.101, top25: 0.251 },
    folds: [0, 1, 2, 3].map(i => ({
      group: '2026-01-05',
      from: `2026-01-05T0${i}:16:21.000Z`,
      to: `2026-01-05T0${i}:36:20.000Z`,
      train_rows: 11_170 + 2400 * i,
      purged: 240,
      rows: 2400,
      positives: i === 2 ? 12 : 400,
      episodes: i === 2 ? 1 : 8,
      prevalence: i === 2 ? 0.005 : 0.167,
      tau: { 'BTC-USD': 0.00006 + 0.000004 * i, 'ETH-USD': 0.00009 },
      degenerate: i === 2 ? '12 positives, below 30' : null,
    })),
    skipped: [],
    models: Object.fromEntries(
      [
        walkedModel('persistence', 'Persistence, 60 s', 'baseline', 0.15),
        walkedModel('zscore', 'z-score rule', 'baseline', 0.14),
        walkedModel('persistence_300s', 'Persistence, 300 s', 'baseline', 0.17),
        walkedModel('ewma_120s', 'EWMA, half-life 120 s', 'baseline', 0.16),
        walkedModel('average', 'Average of ridge and trees', 'learned', 0.21),
        walkedModel('boosting_classifier', 'Boosted trees on labels', 'learned', 0.13),
      ].map(model => [model.name, model]),
    ),
    random_alarms: alarms(9, 26),
    slices: [
      slice('product', 'BTC-USD', 300, 0.2),
      slice('regime', 'calm, below tau/3', 4, null),
      slice('hour', '03', 200, 0.25),
    ],
    bootstrap: { block_s: 300, samples: 400 },
  }
}

function walkedModel(name: string, title: string, kind: FullModel['kind'], pr_auc: number): FullModel {
  const over = (of: (low: number) => Paired) =>
    Object.fromEntries(rivals.filter(rival => rival !== name).map(rival => [rival, of(0.9)]))
  const learned = kind === 'learned'
  return {
    name,
    title,
    kind,
    pr_auc,
    pr_auc_low: 0.65 * pr_auc,
    pr_auc_high: 1.5 * pr_auc,
    roc_auc: 0.66,
    within_top10: 0.163,
    within_top25: 0.318,
    precision_top1: 0.41,
    precision_top5: 0.33,
    lift: over(low => paired(pr_auc / 0.17, low, 1.9)),
    gain: over(() => paired(pr_auc - 0.17, -0.02, 0.1)),
    brier: learned ? 0.1 : null,
    brier_skill: learned ? 0.05 : null,
    log_loss: learned ? 0.35 : null,
    ece: learned ? 0.021 : null,
    log_sigma_rmse: 0.6,
    qlike: 1234.5,
    floored: { predicted: 0, realised: 70 },
    rmse_ratio: paired(0.83, 0.78, 0.88),
    alarms: alarms(learned ? 19 : 22, 26),
  }
}

function slice(by: FullReport['slices'][number]['by'], name: string, positives: number, score: number | null) {
  return { by, name, rows: 3000, positives, episodes: 6, pr_auc: { average: score, persistence: score } }
}

function paired(value: number, low: number, high: number): Paired {
  return { value, low, high }
}

function alarms(caught: number, onsets: number): AlarmSummary {
  return { onsets, caught, false_alarms: 30, hours: 5, lead_s: caught > 0 ? 41 : null, threshold: 0.3 }
}
