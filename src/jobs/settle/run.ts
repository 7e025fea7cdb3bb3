import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { decodeSettled } from '../../core/models/artifact/settled_json.ts'
import { SpikeError } from '../../errors.ts'
import { LiveScores } from '../../monitor/live_scores.ts'
import type { Reader, Streams } from '../../streams/port.ts'
import { hasReached } from '../../streams/read_all.ts'
import type { PartitionJob, RunOptions } from '../partition_job.ts'
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
    writes: [settled],
    partitions: config.topics.labels.partitions,
    state: config.topics.state,
    open: () => new SettlementPartition({ predictions, labels, settled }),
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
export async function settleOnce(options: Omit<SettleOptions, 'stop' | 'finish'>): Promise<void> {
  await settle({ ...options, finish: AbortSignal.abort() })
  await using scoring = new Scoring(options)
  await scoring.score()
}

/** Keeps settling until the signal, and scores anew every so many seconds. */
export async function settleLive(
  options: SettleOptions & { stop: AbortSignal; every: number; log: Logger },
): Promise<void> {
  const over = new AbortController()
  const stop = AbortSignal.any([options.stop, over.signal])
  const works = [settle({ ...options, stop }), keepScoring({ ...options, stop })]
  await Promise.all(works.map(work => work.finally(() => over.abort())))
}

async function keepScoring(options: SettleOptions & { stop: AbortSignal; every: number; log: Logger }): Promise<void> {
  const { stop, every, status, log } = options
  await using scoring = new Scoring(options)
  while (!stop.aborted) {
    try {
      if (status.ready) {
        await scoring.score()
        for (const score of status.scores) log.info(score, 'settled')
      }
    } catch (error) {
      if (!(error instanceof SpikeError && error.retriable)) throw error
      log.warn({ code: error.code, reason: error.message }, 'not scored')
    }
    const pause = status.ready ? 1000 * every : 50
    await delay(pause, undefined, { signal: stop }).catch(() => {})
  }
}

/** The scores of all that stands on the topic of settled predictions; reads on where it stood. */
class Scoring implements AsyncDisposable {
  private readonly streams: Streams
  private readonly topic: string
  private readonly status: SettleStatus
  private readonly scores = new LiveScores()
  private reader: Reader | null = null

  constructor({ streams, settled, status }: Pick<SettleOptions, 'streams' | 'settled' | 'status'>) {
    this.streams = streams
    this.topic = settled
    this.status = status
  }

  async score(): Promise<void> {
    this.reader ??= await this.streams.reader(this.topic)
    const ends = await this.streams.ends(this.topic)
    while (!hasReached(this.reader.positions(), ends))
      for (const { value } of await this.reader.poll(2000, 1000)) {
        const settled = decodeSettled(value.toString())
        if (settled !== null) this.scores.add(settled)
      }
    noteScores(this.status, this.scores)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reader?.close()
  }
}
