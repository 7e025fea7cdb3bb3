import type { Logger } from 'pino'
import { writeEmf } from '../operations/emf.ts'
import { serveOperations } from '../operations/endpoints.ts'
import { createLog } from '../operations/log.ts'
import type { Metric } from '../operations/metrics.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { openStreams } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'
import { type WatchedEnds, watchEnds } from './partitions/watch_ends.ts'
import { type JobStatus, jobMetrics } from './status.ts'

/** A job as a process: what it is opened with and what it shows of itself. */
export interface JobProcess {
  /** Of the command, for the line that it was ended in the middle of its work. */
  name: string
  /** Engine of the topics, as `openStreams` takes it. */
  topics: string
  /** It only takes in what is there: an embedded log that is missing is refused, not made. */
  finite?: boolean
  /** Where /healthz, /readyz and /metrics are answered; 0 takes a free port, nowhere when absent. */
  metricsPort?: number
  /** Its metrics also go to standard output, once a minute, as CloudWatch's embedded metric format. */
  metricsEmf?: boolean
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
  const { metricsPort: port, metricsEmf, job, status, reads } = options
  let ends: WatchedEnds | null = null
  const metrics = (): Metric[] => [...jobMetrics(job, status, ends?.latest() ?? []), ...options.metrics()]
  if (port !== undefined) {
    const operations = await serveOperations({
      port,
      idle: () => (performance.now() - status.turnedAt) / 1000,
      notReady: () => (status.ready ? null : (status.fault ?? 'has not begun yet')),
      metrics,
    })
    running.defer(() => operations.close())
    log.info({ url: operations.url }, 'operations')
  }
  const streams = await openStreams(options.topics, options.finite ? 'there' : 'made')
  running.defer(() => streams.close())
  if (port !== undefined || metricsEmf) {
    ends = watchEnds(streams, reads)
    running.defer(ends.stop)
  }
  if (metricsEmf) running.defer(writeEmf(job, metrics))
  return await work({ streams, stop, log })
}
