import type { Config } from '../config.ts'
import type { MarketEvent } from '../core/events/event.ts'
import { encodeEvent } from '../core/events/event_json.ts'
import { deadLetterTopic, encodeDeadLetter } from '../streams/dead_letter.ts'
import type { Outgoing } from '../streams/port.ts'
import type { DeadLetter } from './bronze/record.ts'
import type { Decoded } from './decode/decoder.ts'
import { feedByName } from './feeds/feeds.ts'

/** Adds events for the topic of raw events, or of news, keyed by product, and dead letters for the dead-letter topic of the former. */
export function addOutgoing(
  outgoing: Outgoing[],
  { events, dead }: Decoded,
  { raw, news }: Pick<Config['topics'], 'raw' | 'news'>,
): void {
  const topic = raw.name
  for (const event of events)
    outgoing.push({ topic: isOfNews(event) ? news.name : topic, key: event.product, value: encodeEvent(event) })
  for (const letter of dead)
    outgoing.push({ topic: deadLetterTopic(topic), key: letter.connection, value: encodeLetter(letter) })
}

/** Articles, and the clocks of a feed that brings them: they say when it was last asked. */
function isOfNews({ type, feed }: MarketEvent): boolean {
  return type === 'news' || (type === 'clock' && feedByName(feed)?.brings === 'news')
}

/** The topics that a publisher writes, beside its state's: that of news only where a feed brings it. */
export function writtenTopics({ topics: { raw, news }, feeds }: Config): Config['topics']['raw'][] {
  const bringsNews = feeds.some(({ name }) => feedByName(name)?.brings === 'news')
  return [raw, { name: deadLetterTopic(raw.name), partitions: raw.partitions }, ...(bringsNews ? [news] : [])]
}

function encodeLetter({ reason, detail, feed, received_at, where, bytes }: DeadLetter): string {
  const offset = Number(where.slice(where.lastIndexOf(':') + 1))
  const value = Buffer.from(bytes)
  const time = received_at ?? undefined
  return encodeDeadLetter({ topic: feed || 'bronze', partition: 0, offset, time, key: where, detail, value }, reason)
}
