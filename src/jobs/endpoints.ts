import type { Logger } from 'pino'
import { type Operations, serveOperations } from '../operations/endpoints.ts'
import type { Metric } from '../operations/metrics.ts'
import type { Position, Streams } from '../streams/port.ts'
import type { JobStatus } from './status.ts'
import { watchEnds } from './watch_ends.ts'

export interface JobEndpointsOptions {
  /** 0 takes a free one. */
  port: number
  status: JobStatus
  streams: Streams
  /** Topic that the job follows. */
  topic: string
  /** @param ends where the topic ends now; null when the broker does not say. */
  metrics(ends: Position[] | null): Metric[]
  log: Logger
}

/** Serves what a job that follows a topic shows of itself. @throws SpikeError as `serveOperations`. */
export async function serveJob({
  port,
  status,
  streams,
  topic,
  metrics,
  log,
}: JobEndpointsOptions): Promise<Operations> {
  const ends = watchEnds(streams, topic)
  const operations = await serveOperations({
    port,
    idle: () => (performance.now() - status.turnedAt) / 1000,
    notReady: () => (status.ready ? null : (status.fault ?? 'has not begun yet')),
    metrics: () => metrics(ends.latest()),
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
