import type { Config } from '../../config.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import type { SymbolTable } from '../../core/indicators/windows/symbol_table.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { newJobStatus } from '../status.ts'
import { WindowsPartition } from './partition.ts'
import { type WindowsResult, windowsResult } from './status.ts'
import { publishSymbols } from './symbols.ts'

export interface WindowsJobSettings {
  config: Config
  topicIn: string
  symbols: SymbolTable
}

/** The job that makes windows and candles of market events. */
export function windowsJob({ config, topicIn: raw, symbols }: WindowsJobSettings): PartitionJob<WindowsPartition> {
  const topics = { raw, windows: config.topics.windows.name, candles: config.topics.candles.name }
  return {
    name: `windows ${raw}`,
    group: 'windows',
    reads: [raw],
    input: { name: 'market events', is: ({ value }) => typeof decodeEvent(value.toString()) !== 'string' },
    writes: [topics.windows, topics.candles],
    partitions: config.topics.raw.partitions,
    state: config.topics.state,
    settings: `windows ${JSON.stringify(config.windows)}`,
    open: () => new WindowsPartition(config.windows, topics, symbols),
  }
}

/**
 * Publishes the metadata of the config's products, then makes windows of market events as they come.
 * @throws SpikeError as `publishSymbols` and `runPartitions`.
 */
export async function runWindows(
  options: Omit<WindowsJobSettings, 'symbols'> & RunOptions<WindowsPartition>,
): Promise<WindowsResult> {
  const { status = newJobStatus<WindowsPartition>(), streams, config } = options
  const symbols = await publishSymbols(streams, config)
  await runPartitions({ ...windowsJob({ ...options, symbols }), ...options, status })
  return windowsResult(status)
}
