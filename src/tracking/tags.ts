import { metadataKeys, ourPrefix } from '../core/features/metadata.ts'

/** Tags of ours on a run of the tracking server; what a feature file says too has its key there. */
export const tags = {
  ...metadataKeys,
  audit: `${ourPrefix}audit`,
  /** Checks of the audit that only warn, by name. */
  auditWarnings: `${ourPrefix}audit_warnings`,
  /** Metrics that a run lacks because they are not finite. */
  undefinedMetrics: `${ourPrefix}undefined_metrics`,
  /** Why a figure is missing, one tag a judged segment. */
  undefined: { validation: `${ourPrefix}undefined_validation`, test: `${ourPrefix}undefined_test` },
  /** By this a journalled run is found again on a server. */
  journalId: `${ourPrefix}journal_id`,
  /** Which attachments a run on a server holds. */
  attached: `${ourPrefix}attached`,
  /** Which of the training's models a version is. */
  model: `${ourPrefix}model`,
  /** What became of the champion: moved or stayed. */
  decision: `${ourPrefix}decision`,
  /** When the run of a model version ended. */
  endedAt: `${ourPrefix}ended_at`,
} as const
