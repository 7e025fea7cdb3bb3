import type { Config } from '../../../config.ts'
import { precisionAtTop } from '../fit/calibration.ts'
import { tracksOf } from '../metrics/alarm_tracks.ts'
import { type AlarmSummary, alarmsAtRate, falseAlarmsPerHour, randomSmoothScore } from '../metrics/alarms.ts'
import { intervalOf, resampledPrecision } from '../metrics/bootstrap.ts'
import { forecastErrors, summariseErrors } from '../metrics/forecast_metrics.ts'
import {
  drawGroupBlocks,
  type Paired,
  pairedDifference,
  pairedRatio,
  resampledMean,
} from '../metrics/group_bootstrap.ts'
import { averagePrecision, rocAuc } from '../metrics/metrics.ts'
import { judgeProbabilities } from '../metrics/probability_metrics.ts'
import { slicesOf } from '../metrics/slices.ts'
import { cellName, cellsOf, type WithinChance, withinBlocks, withinChance } from '../metrics/within_block.ts'
import type { Slice } from './evaluation.ts'
import { foldScores } from './fold_scores.ts'
import type { FoldSummary, WalkSettings } from './judge_fold.ts'
import type { Pooled } from './pooled_walk.ts'
import { overRivals } from './reference_baselines.ts'

export interface FullModel {
  name: string
  title: string
  kind: 'baseline' | 'learned'
  /** Null without a spike. */
  pr_auc: number | null
  pr_auc_low: number | null
  pr_auc_high: number | null
  /** Null for one class only. */
  roc_auc: number | null
  /** Null where no block and product holds 300 rows. */
  within_top10: number | null
  within_top25: number | null
  precision_top1: number
  precision_top5: number
  /** PR-AUC over each rival's, and less each rival's, resampled together. */
  lift: Record<string, Paired>
  gain: Record<string, Paired>
  brier: number | null
  brier_skill: number | null
  log_loss: number | null
  ece: number | null
  log_sigma_rmse: number | null
  qlike: number | null
  floored: { predicted: number; realised: number } | null
  /** Root mean squared error of log sigma over EWMA's. */
  rmse_ratio: Paired | null
  alarms: AlarmSummary
}

export interface FullReport {
  /** tau is this percentile of each fold's training, unless `tau_fixed`. */
  percentile: number
  tau_fixed: boolean
  /** Length of a judged block. */
  block_s: number
  rows: number
  positives: number
  episodes: number
  prevalence: number
  cells: number
  /** What a score without any knowledge reaches inside blocks; null where no block and product holds 300 rows. */
  within_prevalence: WithinChance | null
  /** With PR-AUC of each model; null where the fold holds one class only. */
  folds: (FoldSummary & { pr_auc?: Record<string, number | null> })[]
  skipped: Pooled['skipped']
  models: Record<string, FullModel>
  random_alarms: AlarmSummary
  slices: Slice[]
  bootstrap: { block_s: number; samples: number }
}

/** Every figure of a walk-forward, from its pooled rows. */
export function reportPooled(
  pooled: Pooled,
  config: Config,
  { percentile, block_s: judged_s, tau = null }: Pick<WalkSettings, 'percentile' | 'block_s' | 'tau'>,
): FullReport {
  const { label, sigma, time, group, product, fold } = pooled
  const { bootstrap_block_s: block_s, bootstrap_samples: samples, seed } = config.models
  const resamples = drawGroupBlocks(time, group, { block_s, samples, seed })
  const starts = pooled.folds.map(({ from }) => Date.parse(from) * 1000)
  const cells = cellsOf(Array.from(fold, (one, i) => `${one} ${cellName(time[i], product[i], starts[one])}`))
  const ofFolds = foldScores(pooled)
  const positives = label.reduce((sum, one) => sum + one, 0)
  const prevalence = positives / label.length
  const hasSpikes = positives > 0
  const ranked = Object.fromEntries(
    Object.entries(pooled.models).map(([name, { score }]) => [
      name,
      { value: averagePrecision(label, score), drawn: resampledPrecision(label, score, resamples) },
    ]),
  )
  const errors = Object.fromEntries(
    Object.entries(pooled.models).map(([name, { sigma: predicted }]) => [
      name,
      predicted && forecastErrors(predicted, sigma),
    ]),
  )
  const root = (values: Float64Array): Float64Array => resampledMean(values, resamples).map(Math.sqrt)
  const ewma = errors.ewma_120s!
  const ewmaDrawn = root(ewma.squaredLog)
  const models = Object.entries(pooled.models).map(([name, { model, score }]): [string, FullModel] => {
    const { value, drawn } = ranked[name]
    const interval = intervalOf(drawn)
    const error = errors[name]
    const probable = model.probability ? judgeProbabilities(label, score) : null
    const forecast = error && summariseErrors(error)
    const within = withinBlocks(cells, sigma, score)
    return [
      name,
      {
        name,
        title: model.title,
        kind: model.kind,
        pr_auc: known(value),
        pr_auc_low: interval?.low ?? null,
        pr_auc_high: interval?.high ?? null,
        roc_auc: known(rocAuc(label, score)),
        ...within,
        precision_top1: precisionAtTop(label, score, 0.01),
        precision_top5: precisionAtTop(label, score, 0.05),
        lift: hasSpikes
          ? overRivals(name, rival => pairedRatio(value, ranked[rival].value, drawn, ranked[rival].drawn))
          : {},
        gain: hasSpikes
          ? overRivals(name, rival => pairedDifference(value, ranked[rival].value, drawn, ranked[rival].drawn))
          : {},
        brier: probable?.brier ?? null,
        brier_skill: probable?.brier_skill ?? null,
        log_loss: probable?.log_loss ?? null,
        ece: probable?.ece ?? null,
        log_sigma_rmse: forecast?.log_sigma_rmse ?? null,
        qlike: forecast?.qlike ?? null,
        floored: forecast?.floored ?? null,
        rmse_ratio:
          error &&
          pairedRatio(
            summariseErrors(error).log_sigma_rmse,
            summariseErrors(ewma).log_sigma_rmse,
            root(error.squaredLog),
            ewmaDrawn,
          ),
        alarms: alarmsAtRate(tracksOf(pooled, score), falseAlarmsPerHour),
      },
    ]
  })
  return {
    percentile,
    tau_fixed: tau !== null,
    block_s: judged_s,
    rows: label.length,
    positives,
    episodes: pooled.folds.reduce((sum, { episodes }) => sum + episodes, 0),
    prevalence,
    cells: cells.length,
    within_prevalence: withinChance(cells, sigma),
    folds: pooled.folds.map((summary, k) => ({ ...summary, pr_auc: ofFolds[k] })),
    skipped: pooled.skipped,
    models: Object.fromEntries(models),
    random_alarms: alarmsAtRate(tracksOf(pooled, randomSmoothScore(label.length, seed)), falseAlarmsPerHour),
    slices: slicesOf(pooled, scoresOf(pooled)),
    bootstrap: { block_s, samples },
  }
}

const sliced = ['average', 'persistence', 'persistence_300s', 'ewma_120s', 'zscore']

function scoresOf({ models }: Pooled): Record<string, Float64Array> {
  return Object.fromEntries(sliced.filter(name => name in models).map(name => [name, models[name].score]))
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
