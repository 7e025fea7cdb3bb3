import { percentileOfSorted, sortedWithoutNull } from '../../core/math/percentile.ts'
import { byLabel, counter, gauge, type Metric } from '../../operations/metrics.ts'
import type { Position } from '../../streams/port.ts'
import { type JobStatus, jobMetrics, newJobStatus } from '../status.ts'

/** What a live scorer shows of itself while it runs; it writes, others read. Counts are of committed transactions. */
export interface ScorerStatus extends JobStatus {
  rows: number
  alarms: number
  /** Rows of a product whose tau the model does not know. */
  skipped: number
  /** Records that are no row of this spec. */
  dead: number
  /** Record to read next, by partition, as it is committed. */
  next: Map<number, number>
  /** Seconds from the bytes of a row to the bytes of its prediction: all together, and of the latest rows. */
  rowSeconds: number
  latest: Float64Array
}

/** Rows whose time is remembered. */
const remembered = 20_000

export function newScorerStatus(): ScorerStatus {
  return {
    ...newJobStatus(),
    rows: 0,
    alarms: 0,
    skipped: 0,
    dead: 0,
    next: new Map(),
    rowSeconds: 0,
    latest: new Float64Array(remembered).fill(Number.NaN),
  }
}

/** Notes a row that was scored, and how many seconds it took. */
export function noteRow(status: ScorerStatus, seconds: number): void {
  status.latest[status.rows % remembered] = seconds
  status.rowSeconds += seconds
  status.rows++
}

/** Percentiles (0 to 100) of the seconds that a row took, over the latest rows; NaN before the first. */
export function rowPercentiles({ latest }: ScorerStatus, percents: number[]): number[] {
  const sorted = sortedWithoutNull(latest)
  return percents.map(percent => percentileOfSorted(sorted, percent))
}

/** Metrics of a live scorer. @param ends where the input ends now; null when the broker does not say. */
export function scorerMetrics(status: ScorerStatus, ends: Position[] | null): Metric[] {
  const [p50, p99] = rowPercentiles(status, [50, 99])
  return [
    ...jobMetrics('scorer', status, status.next, ends),
    counter('scorer_rows_total', 'Rows scored, their predictions committed.', status.rows),
    counter('scorer_alarms_total', "Predictions that reach the model's threshold.", status.alarms),
    counter('scorer_skipped_total', 'Rows of a product that the model does not know.', status.skipped),
    counter('scorer_dead_letters_total', 'Records put on the dead-letter topic.', status.dead),
    counter('scorer_row_seconds_total', 'Time from rows to their predictions, without the broker.', status.rowSeconds),
    gauge(
      'scorer_row_seconds',
      `The same a row, over the latest ${remembered}.`,
      ...byLabel('percentile', { 50: p50, 99: p99 }),
    ),
  ]
}
