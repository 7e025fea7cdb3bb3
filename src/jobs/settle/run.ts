import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { decodePrediction } from '../../core/models/artifact/prediction_json.ts'
import { decodeSettled } from '../../core/models/artifact/settled_json.ts'
import { SpikeError } from '../../errors.ts'
import { LiveScores } from '../../monitor/live_scores.ts'
import type { Position } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { SettlementPartition } from './partition.ts'
import { noteScores, type SettleStatus } from './status.ts'

export interface SettlementSettings {
  config: Config
  /** Topic of predictions. */
  predictions: string
  /** Topic of predictions that have met their labels. */
  settled: string
}

/** The job that lets each prediction meet its label once. */
export function settlementJob({ config, predictions, settled }: SettlementSettings): PartitionJob<SettlementPartition> {
  const labels = config.topics.labels.name
  return {
    name: `settle ${predictions} ${labels} ${settled}`,
    group: `settle-${predictions}-${labels}-${settled}`,
    reads: [predictions, labels],
    input: { name: 'predictions', is: ({ value }) => decodePrediction(value.toString()) !== null },
    writes: [settled],
    partitions: config.topics.labels.partitions,
    state: config.topics.state,
    open: () => new SettlementPartition({ predictions, labels, settled }),
    isOwn: ({ value }) => decodeSettled(value.toString()) !== null,
  }
}

export interface SettleOptions extends SettlementSettings, RunOptions<SettlementPartition> {
  status: SettleStatus
}

/** @throws SpikeError TOPIC_UNKNOWN when there are no such predictions or labels; else as `runPartitions`. */
async function settle(options: SettleOptions): Promise<void> {
  const job = settlementJob(options)
  for (const topic of job.reads) await options.streams.ends(topic)
  await runPartitions({ ...job, ...options })
}

/** Settles what both topics hold now, and scores all that was ever settled. */
export async function settleOnce(options: SettleOptions): Promise<void> {
  await settle({ ...options, finish: AbortSignal.abort() })
  await scoringOf(options)()
}

export interface SettleLiveOptions extends SettleOptions {
  stop: AbortSignal
  /** Seconds between two scores. */
  every: number
  log: Logger
}

/** Keeps settling until the signal, and scores anew every so many seconds. */
export async function settleLive(options: SettleLiveOptions): Promise<void> {
  const over = new AbortController()
  const stop = AbortSignal.any([options.stop, over.signal])
  const works = [settle({ ...options, stop }), keepScoring({ ...options, stop })]
  await Promise.all(works.map(work => work.finally(() => over.abort())))
}

async function keepScoring(options: SettleLiveOptions): Promise<void> {
  const { stop, every, status, log } = options
  const score = scoringOf(options)
  while (!stop.aborted) {
    try {
      if (status.ready) {
        await score()
        for (const one of status.scores) log.info(one, 'settled')
      }
    } catch (error) {
      if (!(error instanceof SpikeError && error.retriable)) throw error
      log.warn({ code: error.code, reason: error.message }, 'not scored')
    }
    const pause = status.ready ? 1000 * every : 50
    await delay(pause, undefined, { signal: stop }).catch(() => {})
  }
}

/** Gives a function that notes the scores of all that stands on the topic of settled predictions; each call reads on. */
function scoringOf({ streams, settled: topic, status }: SettleOptions): () => Promise<void> {
  const scores = new LiveScores()
  const next = new Map<number, Position>()
  return async () => {
    for await (const records of readAll(streams, topic, [...next.values()]))
      for (const { partition, offset, value } of records) {
        const found = decodeSettled(value.toString())
        if (found !== null) scores.add(found)
        next.set(partition, { topic, partition, offset: offset + 1 })
      }
    noteScores(status, scores)
  }
}
