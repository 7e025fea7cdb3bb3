import { readConfig } from '../config.ts'
import { serveOperations } from '../operations/endpoints.ts'
import { createLog } from '../operations/log.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { openStreams } from '../streams/open.ts'
import { watchEnds } from '../streams/watch_ends.ts'
import { loadModel } from './artifact_files.ts'
import { inferLive, type LiveInferResult } from './infer_live.ts'
import { newScorerStatus, scorerMetrics } from './infer_status.ts'

export interface InferTopicOptions {
  /** Engine of the topics, as `openStreams` takes it. */
  topics: string
  topicIn: string
  topicOut: string
  /** Those to work on; all when absent. */
  partitions?: number[]
  /** Model folder. */
  model: string
  /** Stop at the end that the topic has now. */
  untilEnd: boolean
  /** Where /healthz, /readyz and /metrics are answered. */
  metricsPort?: number
  config?: string
}

/** The process that scores a topic: until SIGINT or SIGTERM, or to the topic's end. */
export async function inferTopic(options: InferTopicOptions): Promise<LiveInferResult> {
  const { topics, topicIn, topicOut, partitions, model, untilEnd, metricsPort } = options
  const config = readConfig(options.config)
  const artifact = loadModel(model)
  const stop = stopOnSignal('infer')
  const log = createLog()
  const status = newScorerStatus()
  status.turnedAt = performance.now()
  await using running = new AsyncDisposableStack()
  const streams = await openStreams(topics)
  running.defer(() => streams.close())
  if (metricsPort !== undefined) {
    const ends = watchEnds(streams, topicIn)
    running.defer(() => ends.stop())
    const operations = await serveOperations({
      port: metricsPort,
      idle: () => (performance.now() - status.turnedAt) / 1000,
      notReady: () => (status.ready ? null : (status.fault ?? 'has not begun yet')),
      metrics: () => scorerMetrics(status, ends.latest()),
    })
    running.defer(() => operations.close())
    log.info({ url: operations.url }, 'operations')
  }
  return await inferLive({
    streams,
    artifact,
    topicIn,
    topicOut,
    partitions: config.topics.features.partitions,
    own: partitions,
    stop,
    finish: untilEnd ? AbortSignal.abort() : undefined,
    now: () => performance.now(),
    log,
    status,
  })
}
