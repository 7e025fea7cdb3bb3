/**
 * `spike60/models`: splits by time, labels, fitted models and honest scores. Runs in Node 20 and newer, a worker, a browser.
 * @module
 */
export type { FeatureTable } from '../core/features/table.ts'
export type { Artifact, LinearArtifact } from '../core/models/artifact/artifact.ts'
export { parseArtifact } from '../core/models/artifact/artifact_schema.ts'
export { rowScorer, scoreRows } from '../core/models/artifact/score.ts'
export { alarmsAtRate } from '../core/models/metrics/alarms.ts'
export { averagePrecision, brierScore, precisionRecallCurve, rocAuc } from '../core/models/metrics/metrics.ts'
export { labelRows } from '../core/models/split/label.ts'
export { splitByTime } from '../core/models/split/split.ts'
export { tauFromTraining } from '../core/models/split/tau.ts'
export { walkForward } from '../core/models/split/walk_forward.ts'
