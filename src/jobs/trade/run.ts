import type { Config } from '../../config.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import { decodeCandleRow } from '../../core/indicators/windows/candle_row.ts'
import { decodeEntry } from '../../core/trading/ledger.ts'
import { decodeSignal } from '../../core/trading/signal_json.ts'
import { asideTopic } from '../../core/trading/signals/stand_aside.ts'
import { counter, type Metric } from '../../operations/metrics.ts'
import type { Incoming } from '../../streams/port.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { countsOf, type JobStatus, newJobStatus } from '../status.ts'
import { newTradeCounts, type TradeCounts, TradePartition, type TradeTopics } from './partition.ts'

export interface TradeJobSettings {
  config: Config
  /** Topic of market events, or of candles of a minute. */
  topicIn: string
  /** Topic of predictions: nothing is bought where a spike is likely, and the topics of output have names of their own. */
  predictions?: string
}

/** The topics that a trader writes, and where it stands aside. */
export function tradeTopics({ topics }: Config, predictions?: string): TradeTopics {
  const { signals, ledger } = topics
  if (predictions === undefined) return { signals: signals.name, ledger: ledger.name }
  return { signals: asideTopic(signals.name), ledger: asideTopic(ledger.name), predictions }
}

/** The job that makes signals and paper trades of candles. It places no order. */
export function tradeJob({ config, topicIn, predictions }: TradeJobSettings): PartitionJob<TradePartition> {
  const { trading: settings } = config
  const own = tradeTopics(config, predictions)
  const { signals, ledger } = own
  return {
    name: `trade ${topicIn} ${signals} ${ledger}`,
    group: `trade-${topicIn}-${signals}-${ledger}`,
    reads: [topicIn, ...(predictions === undefined ? [] : [predictions])],
    input: { name: 'market events or candles', is: isInput },
    writes: [signals, ledger],
    partitions: config.topics.raw.partitions,
    state: config.topics.state,
    settings: Object.entries(settings)
      .map(pair => pair.join(' '))
      .join(', '),
    open: () => new TradePartition(settings, own),
    isOwn: isOurs,
  }
}

function isInput({ value }: Incoming): boolean {
  const text = value.toString()
  return typeof decodeEvent(text) !== 'string' || decodeCandleRow(text) !== null
}

function isOurs({ value }: Incoming): boolean {
  const text = value.toString()
  return decodeSignal(text) !== null || decodeEntry(text) !== null
}

/** Makes signals and paper trades until it is told to stop. @throws SpikeError as `runPartitions`. */
export async function trade(options: TradeJobSettings & RunOptions<TradePartition>): Promise<TradeCounts> {
  const { status = newJobStatus() } = options
  await runPartitions({ ...tradeJob(options), ...options, status })
  return tradeCounts(status)
}

/** What came of the records that were taken in since it last began. */
function tradeCounts(status: JobStatus<TradePartition>): TradeCounts {
  return countsOf(status, newTradeCounts())
}

export function tradeMetrics(status: JobStatus<TradePartition>): Metric[] {
  return Object.entries(tradeCounts(status)).map(([name, value]) =>
    counter(`trade_${name}_total`, `Candles or records: ${name}.`, value),
  )
}
