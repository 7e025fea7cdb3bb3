import { type EngineCounts, totalCounts } from '../../core/features/engine_counts.ts'
import { byLabel, counter, gauge, type Metric, type Sample } from '../../operations/metrics.ts'
import { type JobStatus, worksOf } from '../status.ts'
import type { FeaturizerPartition } from './partition.ts'

export type FeaturizerStatus = JobStatus<FeaturizerPartition>

/** What was taken in since the featurizer last began, by a start or after an error. */
export interface FeaturizerResult {
  counts: EngineCounts
  products: Record<string, EngineCounts>
  dead: number
}

export function resultOf(status: FeaturizerStatus): FeaturizerResult {
  const counts = worksOf(status).map(work => work.counts())
  const products = Object.fromEntries(counts.flatMap(count => Object.entries(count.products)))
  return {
    counts: totalCounts([...Object.values(products), ...counts.map(({ unaccepted }) => unaccepted)]),
    products,
    dead: counts.reduce((sum, count) => sum + count.dead, 0),
  }
}

/**
 * Metrics of a featurizer. Counts of events begin at 0 again when it begins anew.
 * @param now microseconds since the epoch.
 */
export function featurizerMetrics(status: FeaturizerStatus, now: number): Metric[] {
  const { counts: total, dead } = resultOf(status)
  const { quotes: quote, trades: trade, clocks: clock, gaps: gap, candles: candle, news } = total
  const delays: Sample[] = worksOf(status).flatMap(work =>
    [...work.watermarks()].map(([product, time]) => ({ labels: { product }, value: (now - time) / 1e6 })),
  )
  return [
    counter(
      'featurizer_events_total',
      'Events taken in.',
      ...byLabel('type', { quote, trade, clock, gap, candle, news }),
    ),
    counter('featurizer_duplicates_total', 'Events that came once more.', total.duplicates),
    counter('featurizer_rows_total', 'Rows of features made.', total.rows),
    counter('featurizer_late_total', 'Events that came after their second was closed.', total.late),
    counter(
      'featurizer_backfilled_total',
      'Trades asked for after a gap; they go to the late events.',
      total.backfilled,
    ),
    counter('featurizer_rejected_total', 'Events that cannot be.', ...byLabel('reason', total.rejected)),
    counter('featurizer_dead_letters_total', 'Records put on the dead-letter topic.', dead),
    gauge('featurizer_watermark_delay_seconds', 'Clock of this machine less the watermark.', ...delays),
  ]
}
