import { byLabel, counter, gauge, type Metric, type Sample } from '../operations/metrics.ts'
import type { Position } from '../streams/port.ts'
import { percentileOfSorted, sortedWithoutNull } from './percentile.ts'

/** What a live scorer shows of itself while it runs; it writes, others read. Counts are of committed transactions. */
export interface ScorerStatus {
  ready: boolean
  /** Why it was last thrown away; null before. */
  fault: string | null
  /** `performance.now()` of the loop's last turn. */
  turnedAt: number
  begunAnew: number
  rows: number
  alarms: number
  /** Rows of a product whose tau the model does not know. */
  skipped: number
  /** Records that are no row of this spec. */
  dead: number
  transactions: { count: number; seconds: number }
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
    ready: false,
    fault: null,
    turnedAt: 0,
    begunAnew: 0,
    rows: 0,
    alarms: 0,
    skipped: 0,
    dead: 0,
    transactions: { count: 0, seconds: 0 },
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
  const lag: Sample[] = [...status.next].flatMap(([partition, next]) => {
    const end = ends?.find(one => one.partition === partition)?.offset
    return end === undefined ? [] : [{ labels: { partition: `${partition}` }, value: Math.max(0, end - next) }]
  })
  const [p50, p99] = rowPercentiles(status, [50, 99])
  return [
    gauge('scorer_ready', 'Whether it reads and commits.', status.ready ? 1 : 0),
    counter('scorer_begun_anew_total', 'Times it began anew after an error.', status.begunAnew),
    counter('scorer_rows_total', 'Rows scored, their predictions committed.', status.rows),
    counter('scorer_alarms_total', "Predictions that reach the model's threshold.", status.alarms),
    counter('scorer_skipped_total', 'Rows of a product that the model does not know.', status.skipped),
    counter('scorer_dead_letters_total', 'Records put on the dead-letter topic.', status.dead),
    gauge(
      'scorer_lag_records',
      'Records of the input behind the committed position, transaction markers included.',
      ...lag,
    ),
    counter('scorer_transactions_total', 'Transactions committed.', status.transactions.count),
    counter('scorer_transaction_seconds_total', 'Time spent committing them.', status.transactions.seconds),
    counter('scorer_row_seconds_total', 'Time from rows to their predictions, without the broker.', status.rowSeconds),
    gauge(
      'scorer_row_seconds',
      `The same a row, over the latest ${remembered}.`,
      ...byLabel('percentile', { 50: p50, 99: p99 }),
    ),
  ]
}
