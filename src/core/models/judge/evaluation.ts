import type { AlarmSummary } from '../metrics/alarms.ts'
import type { Paired } from '../metrics/group_bootstrap.ts'
import type { ProbabilityMetrics } from '../metrics/probability_metrics.ts'
import type { FullReport } from './full_report.ts'

/** Scores of one model on one segment. A metric that cannot be computed is null, its reason under `degenerate`. */
export interface Metrics {
  rows: number
  positives: number
  episodes: number
  prevalence: number
  /** Average precision, with a 95 % moving-block bootstrap interval. */
  pr_auc: number | null
  pr_auc_low: number | null
  pr_auc_high: number | null
  roc_auc: number | null
  /** At `threshold`, which was picked on validation. */
  f1: number | null
  precision: number | null
  recall: number | null
  threshold: number | null
  /** Only for scores that are probabilities. */
  brier: number | null
  log_loss: number | null
  /** 1 - Brier / that of a forecast that always says the segment's prevalence. */
  brier_skill?: number | null
  /** Expected calibration error in ten equal bins. */
  ece?: number | null
  /** Share of spikes among the highest 1 and 5 % of scores. */
  precision_top1?: number | null
  precision_top5?: number | null
  /** Average precision inside each 20-minute block and product; label = the top 10 or 25 % of sigma_future there. */
  within_top10?: number | null
  within_top25?: number | null
  /** Only for models that forecast sigma: root mean squared error of ln sigma, and QLIKE, both with sigma at least 1e-7. */
  log_sigma_rmse?: number | null
  qlike?: number | null
  /** Rows whose forecast or outcome lay below 1e-7. */
  floored?: { predicted: number; realised: number } | null
  degenerate: Record<string, string>
}

export interface ModelResult {
  name: string
  title: string
  kind: 'baseline' | 'learned'
  /** One sentence: what it computes from what. */
  recipe: string
  params: Record<string, string | number>
  validation: Metrics
  test: Metrics
  /** Precision-recall curve on test, at most 200 points, recall ascending. */
  curve: { recall: number; precision: number }[]
  /** Reliability on test in ten equal bins, for probabilities. */
  reliability: { predicted: number; observed: number; rows: number }[]
  /** On test without the calibration on validation, so that one sees whether it helped; absent where there is none. */
  before_calibration?: ProbabilityMetrics
  /** Standardised weights, largest first, for linear models. */
  weights?: { feature: string; weight: number }[]
  /** PR-AUC on test over and less that of a baseline, both resampled together; the baseline itself has no entry of its own name. */
  against?: { baseline: string; ratio: Paired; difference: Paired }[]
  /** On test, at the threshold that gives six false alarms an hour there. */
  alarms?: AlarmSummary
  /** Loss of average precision on validation when blocks of one feature change places, largest first; learned models only. */
  importance?: { feature: string; drop: number; low: number; high: number }[]
}

/** PR-AUC of every model on a part of test; null where the part holds fewer than 30 spikes. */
export interface Slice {
  by: 'product' | 'regime' | 'day' | 'hour'
  name: string
  rows: number
  positives: number
  episodes: number
  pr_auc: Record<string, number | null>
}

export interface Segment {
  /** ISO times of the first and the last row's T; both the segment's first second where the purge left no row. */
  from: string
  to: string
  rows: number
  positives: number
  episodes: number
  prevalence: number
  /** Why the segment is degenerate, null if it is not. */
  degenerate: string | null
}

export interface AuditCheck {
  name: string
  verdict: 'passed' | 'failed' | 'warning'
  /** What was looked at and what was found, for people. */
  detail: string
  /** Numbers in it that a machine may want. */
  figures?: Record<string, number>
}

/**
 * All that a training run found: the source of the summary, the PDF, the model card and the MLflow runs. Every training fills
 * the optional fields where they apply; files written by an earlier version lack them.
 */
export interface Evaluation {
  /** True when any row comes from the simulated exchange; then every page says so. */
  simulated: boolean
  spec_version: string
  config_hash: string
  /** Feature file as seen from the folder of the run, its digest and its rows. */
  source: { file: string; digest: string; rows: number; labelled: number; products: string[]; from: string; to: string }
  horizon_s: number
  percentile: number
  tau: Record<string, number>
  tau_source: string
  splits: { train: Segment; validation: Segment; test: Segment; purged_rows: number; embargo_s: number }
  /** In the order in which they are shown: persistence, zscore, logistic, … */
  models: Record<string, ModelResult>
  audit: { passed: boolean; checks: AuditCheck[] }
  /** Features that were all null or constant in training, each with the reason in brackets. */
  dropped: string[]
  /** Features with an indicator because training holds nulls. */
  imputed: string[]
  /** Histogram of sigma_future in training and share of rows below, for the plot that justifies tau. */
  sigma_percentiles: { product: string; percentile: number; sigma: number }[]
  /** What a score without any knowledge reaches inside blocks of test. */
  within_chance?: { top10: number; top25: number } | null
  /** A smooth random score at six false alarms an hour on test. */
  random_alarms?: AlarmSummary
  slices?: Slice[]
  /** The same recipes fitted anew block by block over the whole file; null where the file is too short for it, with the reason. */
  walk_forward?: FullReport | null
  walk_forward_missing?: string | null
}
