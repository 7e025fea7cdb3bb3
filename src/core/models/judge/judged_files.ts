import type { Config } from '../../../config.ts'
import { horizonSeconds } from '../../features/label.ts'
import type { FeatureTable } from '../../features/table.ts'
import { fitAnchored, predictAnchored } from '../anchor/anchored.ts'
import type { PooledCorrection } from '../anchor/pooled.ts'
import { anchoredRecipe } from '../anchor/recipe.ts'
import { type AlarmSummary, alarmsAtRate, randomSmoothScore, tracksOf } from '../metrics/alarms.ts'
import { forecastErrors, summariseErrors } from '../metrics/forecast_metrics.ts'
import { type JudgedRows, judgedRows } from '../metrics/judged_rows.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import { movedByHalf } from '../metrics/moved.ts'
import { judgeProbabilities } from '../metrics/probability_metrics.ts'
import { cellName, cellsOf, withinBlockPrecision } from '../metrics/within_block.ts'
import { average } from '../recipes/average.ts'
import { references } from '../recipes/rules.ts'
import { har } from '../recipes/volatility.ts'
import { countEpisodes } from '../split/episodes.ts'
import { labelRows } from '../split/label.ts'
import { labelledRows, labelledSeconds, leastRows } from '../split/split.ts'
import { leaveOutStill, tauFromTraining } from '../split/tau.ts'

/** What one model reached on a file; a figure that does not exist there is null. */
export interface FileFigures {
  pr_auc: number
  /** Average precision inside 20-minute blocks, label the top 10 % of each. */
  within_10: number | null
  rmse_ln_sigma: number
  /** 1 - Brier / that of the prevalence of the judged rows; null for a score that is no probability. */
  brier_skill: number | null
}

export interface JudgedFile {
  file: string
  /** Judged rows. */
  rows: number
  episodes: number
  prevalence: number
  tau: Record<string, number>
  models: Record<string, FileFigures>
  /** What the recipe's scores reach when they are moved in time by half of the judged rows of their product: chance, for a score as smooth. */
  moved: Pick<FileFigures, 'pr_auc' | 'within_10'>
  /** Onsets caught, and how early, at each of `alarmRates`: of the references, the recipe and a smooth random score. */
  alarms: Record<string, AlarmSummary[]>
  /** The recipe misses less than a third of what the best reference misses to 1: a leak is presumed. */
  presumed_leak: boolean
}

/** What was learnt on other files, and what the same recipe learnt from their labels moved in time: nothing that is true. */
export interface Learnt {
  pooled: PooledCorrection
  control: PooledCorrection
}

/** Name of the recipe with the control's correction: what is left of it is owed to ranges, bias and calibration. */
const controlName = `${anchoredRecipe.name}_moved_labels`

export function learnFrom(tables: FeatureTable[]): Learnt {
  const moved = tables.map(table => ({ ...table, sigma_future: movedByHalf(table.sigma_future, table.product) }))
  return { pooled: fitAnchored(tables), control: fitAnchored(moved) }
}

export interface FileToJudge {
  file: string
  table: FeatureTable
}

/** False alarms an hour that a user may bear. */
export const alarmRates = [1, 2, 6]

type Settings = Pick<Config, 'label' | 'walk_forward' | 'split' | 'models'>

/**
 * Judges one file: tau is a percentile of its first share, judged is the rest, in which each row may know what came before it.
 * The reference models and, where the first share is enough for it, the recipe of a single day stand beside it.
 * @returns why not, where it cannot be judged.
 */
export function judgeFile(
  { pooled, control }: Learnt,
  { file, table }: FileToJudge,
  settings: Settings,
): JudgedFile | string {
  const cut = cutFile(table, settings)
  if (typeof cut === 'string') return cut
  const { from, judged, training } = cut
  const { labels, tau } = training
  const at = (values: Float64Array) => Float64Array.from(judged, row => values[row])
  const [label, sigma] = [labels, table.sigma_future].map(at)
  const products = Array.from(judged, row => table.product[row])
  const cells = cellsOf(Array.from(judged, (row, i) => cellName(table.time[row], products[i], from)))
  const rankingOf = (score: Float64Array) => ({
    pr_auc: averagePrecision(label, score),
    within_10: cells.length === 0 ? null : withinBlockPrecision(cells, sigma, score, 10),
  })
  const figuresOf = (score: Float64Array, forecast: Float64Array, probability: Float64Array | null): FileFigures => ({
    ...rankingOf(score),
    rmse_ln_sigma: summariseErrors(forecastErrors(forecast, sigma)).log_sigma_rmse,
    brier_skill: probability && judgeProbabilities(label, probability).brier_skill,
  })
  const isEnough = training.rows.length >= leastRows / 2 && training.rows.some(row => labels[row] === 1)
  const predicted = [...references, ...(isEnough ? [har, average] : [])].map(recipe => ({
    ...{ name: recipe.name, probability: recipe.probability },
    ...recipe.fit(training).predict(table, judged),
  }))
  const models = predicted.map(
    ({ name, probability, score, sigma: forecast }) =>
      [name, figuresOf(score, forecast!, probability ? score : null)] as const,
  )
  const [own, other] = [pooled, control].map(learnt => predictAnchored(learnt, table, labels, tau))
  const [reached, byControl] = [own, other].map(({ score, sigma, probability }) =>
    figuresOf(at(score), at(sigma), at(probability)),
  )
  const best = models.reduce((most, [, { pr_auc }]) => Math.max(most, pr_auc), 0)
  return {
    ...{ file, rows: judged.length, tau },
    episodes: countEpisodes(table, judged, labels),
    prevalence: meanOf(label),
    models: { ...Object.fromEntries(models), [anchoredRecipe.name]: reached, [controlName]: byControl },
    alarms: alarmsOf(judgedRows(table, judged, labels, tau, file), {
      ...Object.fromEntries(predicted.slice(0, references.length).map(({ name, score }) => [name, score])),
      [anchoredRecipe.name]: at(own.score),
      random: randomSmoothScore(judged.length, settings.models.seed),
    }),
    moved: rankingOf(movedByHalf(at(own.score), products)),
    presumed_leak: 1 - reached.pr_auc < (1 - best) / 3,
  }
}

function alarmsOf(rows: JudgedRows, scores: Record<string, Float64Array>): Record<string, AlarmSummary[]> {
  const at = (score: Float64Array) =>
    alarmRates.map(perHour => alarmsAtRate(tracksOf(rows, score), { perHour, step: 0.1 }))
  return Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, at(score)]))
}

/** tau and training of a file's first share, and the rows after it that are judged; a text where they allow no judgement. */
function cutFile(table: FeatureTable, { walk_forward, split, label, models }: Settings) {
  const seconds = labelledSeconds(table)
  if (seconds.length < leastRows) return `${seconds.length} labelled seconds, at least ${leastRows} are needed`
  const from = seconds[Math.floor(seconds.length * walk_forward.first + 1e-9)]
  const reach = (horizonSeconds + split.embargo_s) * 1e6
  const labelled = labelledRows(table)
  const first = labelled.filter(row => table.time[row] + reach < from)
  const { tau } = leaveOutStill(tauFromTraining(table, first, label.percentile))
  const labels = labelRows(table, tau)
  const isKnown = (row: number) => !Number.isNaN(labels[row])
  const judged = labelled.filter(row => table.time[row] >= from && isKnown(row))
  const spikes = judged.reduce((sum, row) => sum + labels[row], 0)
  if (spikes === 0 || spikes === judged.length) return `${judged.length} rows to judge, ${spikes} of them spikes`
  return { from, judged, training: { table, rows: first.filter(isKnown), labels, tau, settings: models } }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
