import { byLabel, counter, gauge, type Metric } from '../../operations/metrics.ts'
import { rememberedTimes } from '../partitions/record_times.ts'
import { countsOf, type JobStatus } from '../status.ts'
import type { RowPredictor, ScorerCounts } from './partition.ts'

export type ScorerStatus = JobStatus<RowPredictor>

/** What came of the records that were taken in since the scorer last began, by a start or after an error. */
export function scorerCounts(status: ScorerStatus): ScorerCounts {
  return countsOf(status, { rows: 0, alarms: 0, skipped: 0, dead: 0 })
}

/** Metrics of a live scorer. Counts of rows begin at 0 again when it begins anew. */
export function scorerMetrics(status: ScorerStatus): Metric[] {
  const { rows, alarms, skipped, dead } = scorerCounts(status)
  const [p50, p99] = status.times.percentiles([50, 99])
  return [
    counter('scorer_rows_total', 'Rows scored.', rows),
    counter('scorer_alarms_total', "Predictions that reach the model's threshold.", alarms),
    counter('scorer_skipped_total', 'Rows of a product that the model does not know.', skipped),
    counter('scorer_dead_letters_total', 'Records put on the dead-letter topic.', dead),
    counter(
      'scorer_row_seconds_total',
      'Time from rows to their predictions, without the broker.',
      status.times.seconds,
    ),
    gauge(
      'scorer_row_seconds',
      `The same a row, over the latest ${rememberedTimes}.`,
      ...byLabel('percentile', { 50: p50, 99: p99 }),
    ),
  ]
}
