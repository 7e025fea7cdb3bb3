import type { Config } from '../../config.ts'
import { readRawBatches } from '../bronze/raw.ts'
import type { RawCounts } from '../bronze/raw_file.ts'
import type { DecoderCounters } from './counters.ts'
import { createDecoder, type Decoded } from './decoder.ts'
import { decoderOptions } from './decoder_options.ts'

/** Batches of events and dead letters; `counters` and `lines` fill while they are read. */
export interface EventReader extends AsyncIterable<Decoded> {
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
  const lines: RawCounts = { lines: 0, torn: 0 }
  async function* batches(): AsyncGenerator<Decoded> {
    for await (const records of readRawBatches(paths, lines)) {
      const batch: Decoded = { events: [], dead: [] }
      for (const record of records) {
        const { events, dead } = decoder.decode(record)
        for (const event of events) batch.events.push(event)
        for (const letter of dead) batch.dead.push(letter)
      }
      yield batch
    }
  }
  return { counters: decoder.counters, lines, [Symbol.asyncIterator]: batches }
}
