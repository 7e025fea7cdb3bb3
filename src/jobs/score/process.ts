import { readConfig } from '../../config.ts'
import { createLog } from '../../operations/log.ts'
import { stopOnSignal } from '../../operations/stopping.ts'
import { openStreams } from '../../streams/open.ts'
import type { Position } from '../../streams/port.ts'
import { loadModel } from '../../tracking/model_folder.ts'
import { serveJob } from '../endpoints.ts'
import { inferLive, type LiveInferResult } from './run.ts'
import { newScorerStatus, scorerMetrics } from './status.ts'

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
  await using running = new AsyncDisposableStack()
  const streams = await openStreams(topics)
  running.defer(() => streams.close())
  if (metricsPort !== undefined) {
    const metrics = (ends: Position[] | null) => scorerMetrics(status, ends)
    const operations = await serveJob({ port: metricsPort, status, streams, topic: topicIn, metrics, log })
    running.defer(() => operations.close())
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
