import { firstWhere } from '../../core/math/search.ts'
import type { RawRecord } from '../bronze/record.ts'
import type { Decoded, Decoder } from './decoder.ts'

/** What came of some records. */
export interface EventBatch extends Pick<Decoded, 'events' | 'dead'> {
  /** `file:line` of the record that gave the event of this index. */
  whereOf(event: number): string
}

/** What a decoder makes of records that come in batches. */
export async function* eventBatches(records: AsyncIterable<RawRecord[]>, decoder: Decoder): AsyncGenerator<EventBatch> {
  for await (const some of records) {
    const batch: Pick<Decoded, 'events' | 'dead'> = { events: [], dead: [] }
    const ends: number[] = []
    for (const record of some) {
      const { events, dead } = decoder.decode(record)
      for (const event of events) batch.events.push(event)
      for (const letter of dead) batch.dead.push(letter)
      ends.push(batch.events.length)
    }
    const whereOf = (event: number): string => {
      const { file, line } = some[firstWhere(ends.length, at => ends[at] > event)]
      return `${file}:${line}`
    }
    yield { ...batch, whereOf }
  }
}
