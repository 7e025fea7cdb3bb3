import type { Logger } from 'pino'
import type { SpikeError } from '../errors.ts'
import { touchHealth } from '../operations/health.ts'
import { counter, gauge, type Metric } from '../operations/metrics.ts'
import type { Position } from '../streams/port.ts'
import type { FollowOptions } from './follow.ts'

/** What every job that follows a topic shows of itself while it runs; it writes, others read. */
export interface JobStatus {
  ready: boolean
  /** Why it was last thrown away; null before. */
  fault: string | null
  /** `performance.now()` of the loop's last turn. */
  turnedAt: number
  begunAnew: number
  transactions: { count: number; seconds: number }
}

export function newJobStatus(): JobStatus {
  return {
    ready: false,
    fault: null,
    turnedAt: performance.now(),
    begunAnew: 0,
    transactions: { count: 0, seconds: 0 },
  }
}

/** What keeps a status up to date and logs how the job lives. @param told what is logged beside "ready". */
export function noteLife(
  status: JobStatus,
  log: Logger | undefined,
  told: () => object,
): Required<Pick<FollowOptions, 'onTurn' | 'onBegun' | 'onRetry'>> {
  return {
    onTurn() {
      status.turnedAt = performance.now()
      touchHealth()
    },
    onBegun() {
      status.ready = true
      log?.info(told(), 'ready')
    },
    onRetry(error: SpikeError, pause_ms: number) {
      status.begunAnew++
      status.fault = error.message
      log?.warn({ code: error.code, reason: error.message, pause_ms }, 'begins anew')
    },
  }
}

/**
 * The metrics that such jobs have in common.
 * @param job first word of their names.
 * @param next record to read next of each partition.
 * @param ends where the input ends now; null when the broker does not say.
 */
export function jobMetrics(
  job: string,
  { ready, begunAnew, transactions }: JobStatus,
  next: Iterable<[partition: number, offset: number]>,
  ends: Position[] | null,
): Metric[] {
  const lag = [...next].flatMap(([partition, offset]) => {
    const end = ends?.find(one => one.partition === partition)?.offset
    return end === undefined ? [] : [{ labels: { partition: `${partition}` }, value: Math.max(0, end - offset) }]
  })
  return [
    gauge(`${job}_ready`, 'Whether it reads and commits.', ready ? 1 : 0),
    counter(`${job}_begun_anew_total`, 'Times it began anew after an error.', begunAnew),
    gauge(
      `${job}_lag_records`,
      'Records of the input behind the committed position, transaction markers included.',
      ...lag,
    ),
    counter(`${job}_transactions_total`, 'Transactions committed.', transactions.count),
    counter(`${job}_transaction_seconds_total`, 'Time spent committing them.', transactions.seconds),
  ]
}
