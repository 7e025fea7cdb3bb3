import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../features/table.ts'
import type { Artifact } from '../artifact/artifact.ts'
import type { JudgedStretch } from '../judge/stretch.ts'
import type { Segment } from '../split/segment.ts'
import type { SegmentName, Split } from '../split/split.ts'

/** What a training run did, as it will be saved. The audit believes none of it and works it out again. */
export interface AuditInput {
  table: FeatureTable
  /** SHA-256 of the features: as the file says, and of the rows that were read. */
  digest: { stated?: string; found: string }
  /** Verdict of the features' own leak test, from the file's metadata. */
  perturbation: string | undefined
  /** Columns of the file that the spec does not know. */
  unread: string[]
  split: Pick<Split, SegmentName>
  /** What was told of each segment. */
  splits: { train: Segment; validation: Segment; test: JudgedStretch }
  labels: Float64Array
  tau: Record<string, number>
  /** Every fitted model, HAR among them. */
  artifacts: Artifact[]
  /** Scores of every row of the table, by model. */
  scores: Record<string, Float64Array>
  config: Config
}
