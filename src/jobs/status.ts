import type { Logger } from 'pino'
import type { SpikeError } from '../errors.ts'
import { Durations } from '../operations/durations.ts'
import { touchHealth } from '../operations/health.ts'
import { counter, gauge, histogram, type Metric } from '../operations/metrics.ts'
import type { Position } from '../streams/port.ts'
import type { FollowOptions } from './follow.ts'
import type { DeadTally } from './partitions/dead_tally.ts'
import type { PartitionWork } from './partitions/partition_work.ts'
import { Poison } from './partitions/poison.ts'
import { RecordTimes } from './partitions/record_times.ts'
import type { RunningPartition } from './partitions/running_partition.ts'

/** What a job shows of itself while it runs; it writes, others read. */
export interface JobStatus<Work extends PartitionWork = PartitionWork> {
  ready: boolean
  /** Why it was last thrown away; null before. */
  fault: string | null
  /** `performance.now()` of the loop's last turn. */
  turnedAt: number
  begunAnew: number
  transactions: Durations
  times: RecordTimes
  /** Dead letters since it last began, by a start or after an error. */
  dead: DeadTally
  /** Records at which it failed. */
  poison: Poison
  /** The partitions as it began them last, by a start or after an error. */
  partitions: Map<number, RunningPartition<Work>>
}

export function newJobStatus<Work extends PartitionWork>(): JobStatus<Work> {
  return {
    ready: false,
    fault: null,
    turnedAt: performance.now(),
    begunAnew: 0,
    transactions: new Durations(),
    times: new RecordTimes(),
    dead: {},
    poison: new Poison(),
    partitions: new Map(),
  }
}

/** The works of a job. */
export function worksOf<Work extends PartitionWork>({ partitions }: JobStatus<Work>): Work[] {
  return [...partitions.values()].map(({ work }) => work)
}

/** Sums what the works of a job counted since it last began. @param total zeros, of every count that is summed. */
export function countsOf<Counts extends { [Name in keyof Counts]: number }>(
  status: JobStatus<PartitionWork & { counts: Counts }>,
  total: Counts,
): Counts {
  const sum: Record<keyof Counts, number> = total
  for (const { counts } of worksOf(status))
    for (const name of Object.keys(total) as (keyof Counts)[]) sum[name] += counts[name]
  return total
}

/** What keeps a status up to date and logs how the job lives. */
export function noteLife<Work extends PartitionWork>(
  status: JobStatus<Work>,
  log: Logger | undefined,
): Required<Pick<FollowOptions, 'onTurn' | 'onBegun' | 'onRetry'>> {
  return {
    onTurn() {
      status.turnedAt = performance.now()
      touchHealth()
    },
    onBegun() {
      status.ready = true
      const offsets = [...status.partitions.values()].flatMap(({ inputs }) =>
        [...inputs.values()].map(({ next }) => next),
      )
      log?.info({ partitions: [...status.partitions.keys()], offsets }, 'ready')
    },
    onRetry(error: SpikeError, pause_ms: number) {
      status.begunAnew++
      status.fault = error.message
      log?.warn({ code: error.code, reason: error.message, pause_ms }, 'begins anew')
    },
  }
}

/**
 * The metrics that all jobs have in common.
 * @param job first word of their names.
 * @param ends where the inputs end now; those of an input whose broker does not say are absent.
 */
export function jobMetrics(job: string, status: JobStatus, ends: Position[]): Metric[] {
  const { ready, begunAnew, transactions } = status
  const lag = [...status.partitions.values()].flatMap(({ partition, inputs }) =>
    [...inputs].flatMap(([topic, { committed }]) => {
      const end = ends.find(one => one.topic === topic && one.partition === partition)?.offset
      const labels = { partition: `${partition}`, ...(inputs.size > 1 ? { topic } : {}) }
      return end === undefined ? [] : [{ labels, value: Math.max(0, end - committed) }]
    }),
  )
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
    histogram(`${job}_transaction_duration_seconds`, 'Time that each took to commit.', { durations: transactions }),
  ]
}
