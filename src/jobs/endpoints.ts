import type { Logger } from 'pino'
import { type Operations, serveOperations } from '../operations/endpoints.ts'
import type { Metric } from '../operations/metrics.ts'
import type { Streams } from '../streams/port.ts'
import { type JobStatus, jobMetrics } from './status.ts'
import { watchEnds } from './watch_ends.ts'

export interface JobEndpointsOptions {
  /** 0 takes a free one. */
  port: number
  /** First word of the names of its metrics. */
  job: string
  status: JobStatus
  streams: Streams
  /** Topics that the job reads. */
  topics: string[]
  /** Its own metrics, beside those that all jobs have. */
  metrics(): Metric[]
  log: Logger
}

/** Serves what a job shows of itself. @throws SpikeError as `serveOperations`. */
export async function serveJob(options: JobEndpointsOptions): Promise<Operations> {
  const { port, job, status, streams, topics, metrics, log } = options
  const ends = watchEnds(streams, topics)
  const operations = await serveOperations({
    port,
    idle: () => (performance.now() - status.turnedAt) / 1000,
    notReady: () => (status.ready ? null : (status.fault ?? 'has not begun yet')),
    metrics: () => [...jobMetrics(job, status, ends.latest()), ...metrics()],
  })
  log.info({ url: operations.url }, 'operations')
  return {
    ...operations,
    close() {
      ends.stop()
      return operations.close()
    },
  }
}
