import type { Config } from '../config.ts'
import { type AlarmSummary, alarmsAtRate, randomSmoothScore, type Track } from './alarms.ts'
import { intervalOf, resampledPrecision } from './bootstrap.ts'
import { precisionAtTop } from './calibration.ts'
import { calibrationError } from './calibration_error.ts'
import { reliability } from './curves.ts'
import { forecastErrors } from './forecast_metrics.ts'
import { drawGroupBlocks, type Paired, pairedDifference, pairedRatio, resampledMean } from './group_bootstrap.ts'
import { averagePrecision, brierScore, logLoss, rocAuc } from './metrics.ts'
import type { FoldSummary, Pooled } from './pooled.ts'
import { cellsOf, withinBlockPrecision } from './within_block.ts'

/** The baselines that lifts are told over. */
export const rivals = ['persistence', 'persistence_300s', 'ewma_120s'] as const
const falseAlarmsPerHour = 6

export interface FullModel {
  name: string
  title: string
  kind: 'baseline' | 'learned'
  pr_auc: number
  pr_auc_low: number | null
  pr_auc_high: number | null
  roc_auc: number
  within_top10: number
  within_top25: number
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
  percentile: number
  rows: number
  positives: number
  episodes: number
  prevalence: number
  cells: number
  within_prevalence: { top10: number; top25: number }
  folds: FoldSummary[]
  skipped: Pooled['skipped']
  models: Record<string, FullModel>
  random_alarms: AlarmSummary
  slices: { by: string; name: string; rows: number; positives: number; pr_auc: Record<string, number | null> }[]
  bootstrap: { block_s: number; samples: number }
}

/** Every figure of a walk-forward, from its pooled rows. */
export function reportPooled(pooled: Pooled, config: Config, percentile: number): FullReport {
  const { label, sigma, tau, time, group, product, fold } = pooled
  const { bootstrap_block_s: block_s, bootstrap_samples: samples, seed } = config.models
  const resamples = drawGroupBlocks(time, group, { block_s, samples, seed })
  const cells = cellsOf(Array.from(fold, (one, i) => `${one} ${product[i]}`))
  const positives = label.reduce((sum, one) => sum + one, 0)
  const prevalence = positives / label.length
  const alwaysBase = brierScore(label, new Float64Array(label.length).fill(prevalence))
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
    const bins = model.probability ? reliability(label, score) : null
    const brier = model.probability ? brierScore(label, score) : null
    return [
      name,
      {
        name,
        title: model.title,
        kind: model.kind,
        pr_auc: value,
        pr_auc_low: interval?.low ?? null,
        pr_auc_high: interval?.high ?? null,
        roc_auc: rocAuc(label, score),
        within_top10: withinBlockPrecision(cells, sigma, score, 10),
        within_top25: withinBlockPrecision(cells, sigma, score, 25),
        precision_top1: precisionAtTop(label, score, 0.01),
        precision_top5: precisionAtTop(label, score, 0.05),
        lift: overRivals(name, rival => pairedRatio(value, ranked[rival].value, drawn, ranked[rival].drawn)),
        gain: overRivals(name, rival => pairedDifference(value, ranked[rival].value, drawn, ranked[rival].drawn)),
        brier,
        brier_skill: brier === null ? null : 1 - brier / alwaysBase,
        log_loss: model.probability ? logLoss(label, score) : null,
        ece: bins && calibrationError(bins),
        log_sigma_rmse: error && Math.sqrt(mean(error.squaredLog)),
        qlike: error && mean(error.qlike),
        floored: error?.floored ?? null,
        rmse_ratio:
          error &&
          pairedRatio(
            Math.sqrt(mean(error.squaredLog)),
            Math.sqrt(mean(ewma.squaredLog)),
            root(error.squaredLog),
            ewmaDrawn,
          ),
        alarms: alarmsAtRate(tracksOf(pooled, score), falseAlarmsPerHour),
      },
    ]
  })
  const limitOf = (top: number): number => withinBlockPrecision(cells, sigma, new Float64Array(sigma.length), top)
  return {
    percentile,
    rows: label.length,
    positives,
    episodes: pooled.folds.reduce((sum, { episodes }) => sum + episodes, 0),
    prevalence,
    cells: cells.length,
    within_prevalence: { top10: limitOf(10), top25: limitOf(25) },
    folds: pooled.folds,
    skipped: pooled.skipped,
    models: Object.fromEntries(models),
    random_alarms: alarmsAtRate(tracksOf(pooled, randomSmoothScore(label.length, seed)), falseAlarmsPerHour),
    slices: slicesOf(pooled, tau),
    bootstrap: { block_s, samples },
  }
}

function overRivals(name: string, of: (rival: string) => Paired): Record<string, Paired> {
  return Object.fromEntries(rivals.filter(rival => rival !== name).map(rival => [rival, of(rival)]))
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Rows of each group and product in order of time: pooled rows are in order fold by fold. */
function tracksOf({ group, product, time, volatility, tau }: Pooled, score: Float64Array): Track[] {
  const places = new Map<string, number[]>()
  for (let i = 0; i < score.length; i++) {
    const key = `${group[i]} ${product[i]}`
    const rows = places.get(key)
    if (rows) rows.push(i)
    else places.set(key, [i])
  }
  return [...places.values()].map(rows => ({
    time: Float64Array.from(rows, i => time[i] / 1e6),
    spiking: Uint8Array.from(rows, i => (volatility[i] >= tau[i] ? 1 : 0)),
    scores: Float64Array.from(rows, i => score[i]),
  }))
}

const shown = ['average', 'persistence', 'persistence_300s', 'ewma_120s', 'zscore']

/** PR-AUC of the recipe and its rivals by product, hour and regime of trailing volatility; null without 30 positives. */
function slicesOf(pooled: Pooled, tau: Float64Array): FullReport['slices'] {
  const { product, time, level, label } = pooled
  const regime = (i: number): string => {
    const ratio = level[i] / tau[i]
    if (Number.isNaN(ratio)) return 'unknown, after a reset'
    return ratio < 1 / 3 ? 'calm, below tau/3' : ratio < 2 / 3 ? 'usual, below 2 tau/3' : 'loud, from 2 tau/3'
  }
  const names: [string, (i: number) => string][] = [
    ['product', i => product[i]],
    ['volatility_300s', regime],
    ['day', i => pooled.group[i]],
    ['hour (UTC)', i => new Date(time[i] / 1000).toISOString().slice(11, 13)],
  ]
  return names.flatMap(([by, of]) => {
    const rows = new Map<string, number[]>()
    for (let i = 0; i < label.length; i++) {
      const name = of(i)
      const there = rows.get(name)
      if (there) there.push(i)
      else rows.set(name, [i])
    }
    return [...rows.keys()].sort().map(name => sliceOf(pooled, by, name, rows.get(name)!))
  })
}

function sliceOf({ label, models }: Pooled, by: string, name: string, rows: number[]): FullReport['slices'][number] {
  const labels = Uint8Array.from(rows, i => label[i])
  const positives = labels.reduce((sum, one) => sum + one, 0)
  const precision = (model: string): number | null =>
    positives < 30
      ? null
      : averagePrecision(
          labels,
          Float64Array.from(rows, i => models[model].score[i]),
        )
  return {
    by,
    name,
    rows: rows.length,
    positives,
    pr_auc: Object.fromEntries(shown.filter(model => model in models).map(model => [model, precision(model)])),
  }
}
