import { byLabel, counter, gauge, type Metric, type Sample } from '../../operations/metrics.ts'
import type { Position } from '../../streams/port.ts'
import { type JobStatus, jobMetrics, newJobStatus } from '../status.ts'
import { totalCounts } from './partition.ts'
import type { PartitionJob } from './partitions.ts'

/** What a featurizer shows of itself while it runs; it writes, others read. */
export interface FeaturizerStatus extends JobStatus {
  jobs: Map<number, PartitionJob>
}

export function newStatus(): FeaturizerStatus {
  return { ...newJobStatus(), jobs: new Map() }
}

/**
 * Metrics of a featurizer. Counts of events begin at 0 again when it begins anew.
 * @param ends where the input ends now; null when the broker does not say.
 * @param now microseconds since the epoch.
 */
export function featurizerMetrics(status: FeaturizerStatus, ends: Position[] | null, now: number): Metric[] {
  const jobs = [...status.jobs]
  const counts = jobs.map(([, { job }]) => job.counts())
  const total = totalCounts(counts.flatMap(({ products }) => Object.values(products)))
  const { quotes: quote, trades: trade, clocks: clock, gaps: gap } = total
  const next = jobs.map(([partition, job]): [number, number] => [partition, job.next])
  const delays: Sample[] = jobs.flatMap(([, { job }]) =>
    [...job.watermarks()].map(([product, time]) => ({ labels: { product }, value: (now - time) / 1e6 })),
  )
  return [
    ...jobMetrics('featurizer', status, next, ends),
    counter('featurizer_events_total', 'Events taken in.', ...byLabel('type', { quote, trade, clock, gap })),
    counter('featurizer_duplicates_total', 'Events that came once more.', total.duplicates),
    counter('featurizer_rows_total', 'Rows of features made.', total.rows),
    counter('featurizer_late_total', 'Events that came after their second was closed.', total.late),
    counter(
      'featurizer_backfilled_total',
      'Trades asked for after a gap; they go to the late events.',
      total.backfilled,
    ),
    counter('featurizer_rejected_total', 'Events that cannot be.', ...byLabel('reason', total.rejected)),
    counter(
      'featurizer_dead_letters_total',
      'Records put on the dead-letter topic.',
      counts.reduce((sum, { dead }) => sum + dead, 0),
    ),
    gauge('featurizer_watermark_delay_seconds', 'Clock of this machine less the watermark.', ...delays),
  ]
}
