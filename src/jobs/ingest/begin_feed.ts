import type { Config } from '../../config.ts'
import { decodeEvent, encodeEvent } from '../../core/events/event_json.ts'
import { readRawBatches } from '../../market/bronze/raw.ts'
import { newRawCounts } from '../../market/bronze/raw_records.ts'
import { createDecoder } from '../../market/decode/decoder.ts'
import { decoderOptions } from '../../market/decode/decoder_options.ts'
import type { Holders } from '../../market/decode/product_owners.ts'
import { touchHealth } from '../../operations/health.ts'
import { refuseLostState } from '../../streams/lost_state.ts'
import type { Incoming, Streams } from '../../streams/port.ts'

/**
 * What a feed of files without a state finds on the raw topic.
 * @returns by whom its products were brought so far: another feed follows only where a product starts anew.
 * @throws SpikeError STATE_LOST when first events of these files are there: fed under other names, with others, or by a feed whose
 * state is gone.
 */
export async function beginFeed(streams: Streams, config: Config, raw: string[]): Promise<Holders> {
  const first = await firstEvents(raw, config)
  const holders: Holders = {}
  await refuseLostState(streams, {
    name: `feed --raw ${raw.join(' ')}`,
    state: config.topics.state.name,
    writes: [config.topics.raw.name],
    isOwn({ value }: Incoming) {
      const text = value.toString()
      hold(holders, text)
      return first.has(text)
    },
    onTurn: touchHealth,
  })
  return holders
}

/** As they stand on the topic; some of each file. */
async function firstEvents(raw: string[], config: Config): Promise<Set<string>> {
  const first = new Set<string>()
  for (const path of raw) {
    const decoder = createDecoder(decoderOptions(config))
    for await (const records of readRawBatches([path], newRawCounts())) {
      const events = records.flatMap(record => decoder.decode(record).events)
      for (const event of events) first.add(encodeEvent(event))
      if (events.length > 0) break
    }
  }
  return first
}

function hold(holders: Holders, text: string): void {
  const event = decodeEvent(text)
  if (typeof event === 'string' || (event.type !== 'quote' && event.type !== 'trade')) return
  const { product, feed, time } = event
  const holder = holders[product]
  if (holder === undefined || holder.time < time) holders[product] = { feed, since: 0, time }
}
