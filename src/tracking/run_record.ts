/**
 * What one run leaves behind, whatever tracks it. Times are milliseconds since the epoch.
 * @example
 * const record = { name: 'zscore', started_at, ended_at, params: {}, metrics: [{ key: 'test/pr_auc', value: 0.2 }],
 *   tags: {}, datasets: [], artifacts: [{ path: 'evaluation.json', file: 'models/artifacts/evaluation.json' }] }
 * const run: RunRecord = { id: runId(record), ...record }
 */
export interface RunRecord {
  /** Stable id within the journal: letters, digits, `.`, `_`, `-`. `runId` makes one from the content. */
  id: string
  /** For people: `zscore`, `logistic`. */
  name: string
  /** Id of the run under which this one is nested; that run is in the same call or in the journal. */
  parent?: string
  started_at: number
  ended_at: number
  params: Record<string, string | number>
  /** Values that are not finite are left out, and named in the tag `spike60.undefined_metrics`. */
  metrics: RunMetric[]
  tags: Record<string, string>
  datasets: RunDataset[]
  /** `path` inside the run with `/`, `file` on disk. */
  artifacts: RunArtifact[]
  /** Shown as tables by the tracking server; `path` inside the run, ending in .json. */
  tables?: RunTable[]
  /** An MLflow model folder on disk: becomes a logged model, a version of `registered`, and `alias` points to it. */
  model?: { registered: string; folder: string; alias?: string }
}

export interface RunMetric {
  key: string
  value: number
  step?: number
  timestamp?: number
}

export interface RunDataset {
  name: string
  digest: string
  source: string
  context: 'training' | 'validation' | 'test'
  rows: number
  columns: string[]
}

export interface RunArtifact {
  path: string
  file: string
}

export interface RunTable {
  path: string
  columns: string[]
  data: (string | number | boolean | null)[][]
}
