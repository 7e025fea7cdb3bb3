import type { Logger } from 'pino'
import { serveOperations } from '../operations/endpoints.ts'
import { createLog } from '../operations/log.ts'
import type { Metric } from '../operations/metrics.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { openStreams } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'
import { watchEnds } from './partitions/watch_ends.ts'
import { type JobStatus, jobMetrics } from './status.ts'

/** A job as a process: what it is opened with and what it shows of itself. */
export interface JobProcess {
  /** Of the command, for the line that it was ended in the middle of its work. */
  name: string
  /** Engine of the topics, as `openStreams` takes it. */
  topics: string
  /** Where /healthz, /readyz and /metrics are answered; 0 takes a free port, nowhere when absent. */
  metricsPort?: number
  /** First word of the names of its metrics. */
  job: string
  status: JobStatus
  /** Topics that it reads, for its lag. */
  reads: string[]
  /** Its own metrics, beside those that all jobs have. */
  metrics(): Metric[]
}

/** What a process gives its work. */
export interface ProcessParts {
  streams: Streams
  /** Aborted by SIGINT or SIGTERM. */
  stop: AbortSignal
  log: Logger
}

/** Runs a job as the work of this process. @throws SpikeError as `openStreams` and `serveOperations`, and as the work does. */
export async function runJobProcess<Result>(
  options: JobProcess,
  work: (parts: ProcessParts) => Promise<Result>,
): Promise<Result> {
  const stop = stopOnSignal(options.name)
  const log = createLog()
  await using running = new AsyncDisposableStack()
  const streams = await openStreams(options.topics)
  running.defer(() => streams.close())
  const { metricsPort: port, job, status, reads, metrics } = options
  if (port !== undefined) {
    const ends = watchEnds(streams, reads)
    running.defer(() => ends.stop())
    const operations = await serveOperations({
      port,
      idle: () => (performance.now() - status.turnedAt) / 1000,
      notReady: () => (status.ready ? null : (status.fault ?? 'has not begun yet')),
      metrics: () => [...jobMetrics(job, status, ends.latest()), ...metrics()],
    })
    running.defer(() => operations.close())
    log.info({ url: operations.url }, 'operations')
  }
  return await work({ streams, stop, log })
}
