import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../features/table.ts'
import type { Model, Prediction } from '../recipes/model.ts'
import { labelRows } from '../split/label.ts'
import { describeSegment, isoTime } from '../split/segment.ts'
import { leastRows } from '../split/split.ts'
import { leaveOutStill, type Tau, tauFromConfig, tauFromTraining } from '../split/tau.ts'
import type { Fold, WalkForwardSettings } from '../split/walk_forward.ts'

export interface WalkSettings extends WalkForwardSettings {
  percentile: number
  /** tau as config fixes it, instead of the percentile. */
  tau?: Config['label']['tau']
}

export interface FoldSummary {
  group: string
  from: string
  to: string
  train_rows: number
  purged: number
  rows: number
  positives: number
  episodes: number
  prevalence: number
  tau: Record<string, number>
  degenerate: string | null
}

/** What a fold's models say of its block. */
export interface FoldPart {
  summary: FoldSummary
  table: FeatureTable
  judged: Int32Array
  labels: Float64Array
  tau: Record<string, number>
  predictions: Prediction[]
}

/** Fits all models on the fold's past and lets them score its block; `why` says what is left out. */
export function judgeFold(
  group: string,
  table: FeatureTable,
  fold: Fold,
  models: Model[],
  settings: WalkSettings,
): { part: FoldPart | null; why: string[] } {
  const { purged, from } = fold
  const { tau, still } = leaveOutStill(tauOf(table, fold.train, settings))
  const train = fold.train.filter(row => table.product[row] in tau)
  const labels = labelRows(table, tau)
  const judged = fold.judged.filter(row => !Number.isNaN(labels[row]))
  const spikes = train.reduce((sum, row) => sum + labels[row], 0)
  const why = still.map(product => `${product} stood still in training, so it has no tau and is left out`)
  const refuse = (reason: string) => ({ part: null, why: [...why, reason] })
  if (train.length < leastRows / 2)
    return refuse(`${train.length} rows to train on, at least ${leastRows / 2} are needed`)
  if (spikes === train.length || spikes === 0) return refuse('training holds one class only')
  if (judged.length === 0) return refuse('no row of a product with training rows')
  const { to, rows, positives, episodes, prevalence, degenerate } = describeSegment(table, judged, labels, from)
  const summary: FoldSummary = {
    group,
    from: isoTime(from),
    to,
    train_rows: train.length,
    purged,
    rows,
    positives,
    episodes,
    prevalence,
    tau,
    degenerate,
  }
  const training = { table, rows: train, labels, tau }
  const predictions = models.map(model => model.fit(training).predict(table, judged))
  return { part: { summary, table, judged, labels, tau, predictions }, why }
}

function tauOf(table: FeatureTable, train: Int32Array, { percentile, tau }: WalkSettings): Tau {
  if (tau == null) return tauFromTraining(table, train, percentile)
  return tauFromConfig([...new Set(Array.from(train, row => table.product[row]))], tau)
}
