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
  /** Standardised weights, largest first, for linear models. */
  weights?: { feature: string; weight: number }[]
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
}

/** All that a training run found: the source of the summary, the PDF, the model card and the MLflow runs. */
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
}
