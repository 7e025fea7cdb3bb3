import type { Config } from '../../config.ts'
import { readRawBatches } from '../bronze/raw.ts'
import { newRawCounts, type RawCounts } from '../bronze/raw_records.ts'
import type { DecoderCounters } from './counters.ts'
import { createDecoder } from './decoder.ts'
import { decoderOptions } from './decoder_options.ts'
import { type EventBatch, eventBatches } from './event_batches.ts'

/** Batches of events and dead letters; `counters` and `lines` fill while they are read. */
export interface EventReader extends AsyncIterable<EventBatch> {
  readonly counters: DecoderCounters
  readonly lines: RawCounts
}

/**
 * The market events in saved files: what the publisher puts on `ticks.raw` for the same bronze, in the same order.
 * @param paths as `readRaw` takes them.
 * @throws SpikeError BAD_FILE, OVERLAPPING_FILES while it is iterated.
 */
export function readEvents(paths: string[], config: Config): EventReader {
  const decoder = createDecoder(decoderOptions(config))
  const lines = newRawCounts()
  const batches = (): AsyncGenerator<EventBatch> => eventBatches(readRawBatches(paths, lines), decoder)
  return { counters: decoder.counters, lines, [Symbol.asyncIterator]: batches }
}
