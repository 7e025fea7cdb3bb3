import { readConfig } from '../../config.ts'
import { createLog } from '../../operations/log.ts'
import { stopOnSignal } from '../../operations/stopping.ts'
import { openStreams } from '../../streams/open.ts'
import { loadModel } from '../../tracking/model_folder.ts'
import { serveJob } from '../endpoints.ts'
import { newJobStatus } from '../status.ts'
import type { RowPredictor } from './partition.ts'
import { inferLive, type LiveInferResult } from './run.ts'
import { scorerMetrics } from './status.ts'

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
  const status = newJobStatus<RowPredictor>()
  await using running = new AsyncDisposableStack()
  const streams = await openStreams(topics)
  running.defer(() => streams.close())
  if (metricsPort !== undefined) {
    const shown = { status, streams, topics: [topicIn], metrics: () => scorerMetrics(status), log }
    const operations = await serveJob({ port: metricsPort, job: 'scorer', ...shown })
    running.defer(() => operations.close())
  }
  return await inferLive({
    ...{ streams, config, artifact, topicIn, topicOut, own: partitions, stop, log, status },
    finish: untilEnd ? AbortSignal.abort() : undefined,
  })
}
