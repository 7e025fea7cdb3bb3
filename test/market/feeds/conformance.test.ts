import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { identityOf, type MarketEvent } from '../../../src/core/events/event.ts'
import { decodeEvent } from '../../../src/core/events/event_json.ts'
import { eventSchema } from '../../../src/core/events/event_schema.ts'
import type { RawRecord, Role } from '../../../src/market/bronze/record.ts'
import { createBronzeWriter } from '../../../src/market/bronze/write.ts'
import { createDecoder, type Decoded } from '../../../src/market/decode/decoder.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { feedOf, feeds } from '../../../src/market/feeds/feeds.ts'
import { parseJson } from '../../../src/market/feeds/reading.ts'
import { createPublisher } from '../../../src/market/publisher.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { rowsOf } from '../../fixtures/events.ts'
import { type FeedCase, type FrameCase, feedCases } from '../../fixtures/feed_cases.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { micros } from '../../fixtures/wire.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const productsOf = ({ symbol }: FeedCase) => [{ as: 'the-product', symbol }]
const decoderOf = (one: FeedCase) =>
  createDecoder({ ...decoding(), feeds: [{ feed: one.feed, products: productsOf(one) }] })

function recordOf({ feed }: FeedCase, { seconds, text }: FrameCase, more: Partial<RawRecord> = {}): RawRecord {
  const place = { received_at: micros(seconds), feed: feed.name, connection: 'a', file: 'f', line: 1 }
  return { ...place, frame: parseJson(text), text, ...more }
}

/** Nothing that is read disappears, and what comes out is an event. */
function check({ events, dead, ignored }: Decoded): void {
  expect(events.length + dead.length + ignored.size).toBeGreaterThan(0)
  for (const event of events) expect(eventSchema.safeParse(JSON.parse(JSON.stringify(event))).error).toBeUndefined()
}

const wrongs = [undefined, null, '', 'x', {}, [], -1, 0.5, 1e300, true, '1e999', '2026-13-01T00:00:00Z']

/** The value with one of its parts missing or wrong, each part in each way. */
function* spoilt(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    const with_ = (part: unknown): unknown => {
      if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? part : item))
      const { [key]: _, ...rest } = value as Record<string, unknown>
      return part === undefined ? rest : { ...rest, [key]: part }
    }
    for (const wrong of wrongs) yield with_(wrong)
    for (const part of spoilt((value as Record<string, unknown>)[key])) yield with_(part)
  }
}

test('every feed is here, but for the twins of the simulated exchange', () => {
  const known = feeds.filter(({ venue, url }) => venue !== 'simulated' && /^wss?:/.test(url)).map(({ name }) => name)
  expect(feedCases.map(({ feed }) => feed.name).sort()).toEqual(known.sort())
})

describe.each(feedCases.map(one => [one.feed.name, one] as const))('%s', (_, one) => {
  test.each(one.frames.map(frame => [frame.name, frame] as const))('%s gives its events', (_, frame) => {
    const decoder = decoderOf(one)
    for (const before of one.frames.slice(0, one.frames.indexOf(frame))) decoder.decode(recordOf(one, before))
    const decoded = decoder.decode(recordOf(one, frame))
    check(decoded)
    expect(decoded.dead).toEqual([])
    expect(decoded.events).toMatchObject(frame.events)
    expect(decoded.events).toHaveLength(frame.events.length)
  })

  test('a part that is missing or wrong never throws, and everything is accounted for', () => {
    for (const frame of one.frames)
      for (const part of spoilt(parseJson(frame.text)))
        check(decoderOf(one).decode(recordOf(one, frame, { frame: part, text: undefined })))
  })

  test('lists, objects, numbers and texts that are no frames are dead letters or other, never an exception', () => {
    for (const frame of [
      [],
      {},
      [[]],
      [null],
      [{}],
      { a: [] },
      7,
      'text',
      null,
      [one.frames.map(f => parseJson(f.text))],
    ])
      check(decoderOf(one).decode(recordOf(one, one.frames[0], { frame, text: undefined })))
  })

  test('frames that come twice bring no trade and no candle of another identity', () => {
    const decoder = decoderOf(one)
    const all = [...one.frames, ...one.frames].flatMap(frame => decoder.decode(recordOf(one, frame)).events)
    const of = (events: MarketEvent[]) =>
      new Set(events.filter(({ type }) => type === 'trade' || type === 'candle').map(identityOf))
    const once = decoderOf(one)
    expect(of(all)).toEqual(of(one.frames.flatMap(frame => once.decode(recordOf(one, frame)).events)))
    expect(all.filter(({ type }) => type === 'candle').length).toBeLessThanOrEqual(1)
  })

  test('a new connection is told as a gap', () => {
    const decoder = decoderOf(one)
    for (const frame of one.frames) decoder.decode(recordOf(one, frame))
    const first = one.frames.find(({ events }) => events.some(({ type }) => type === 'trade' || type === 'quote'))!
    const seconds = one.frames.at(-1)!.seconds + 30
    const later = moved(first.text, seconds - first.seconds)
    const { events } = decoder.decode(recordOf(one, { ...first, seconds, text: later }, { connection: 'b' }))
    expect(events[0]).toMatchObject({ type: 'gap', reason: 'disconnect', product: 'the-product' })
  })

  test.runIf(one.redundant)('two connections bring each trade and each candle once', () => {
    const decoder = decoderOf(one)
    const events = one.frames.flatMap(frame =>
      (['primary', 'standby'] as Role[]).flatMap(
        role => decoder.decode(recordOf(one, frame, { role, connection: role })).events,
      ),
    )
    const expected = one.frames.flatMap(frame =>
      frame.events.filter(({ type }) => type === 'trade' || type === 'candle'),
    )
    expect(events.filter(({ type }) => type === 'trade' || type === 'candle')).toMatchObject(expected)
  })

  test('a request that is taken names its products, one that is not is an error; a frame is neither', () => {
    const { taken, refused } = one.answers
    if (taken !== null) expect(one.feed.answer(taken)).toEqual({ served: [one.symbol] })
    else expect(one.feed.subscribe([one.symbol], one.feed.channels)).toEqual([])
    expect(Object.keys(one.feed.answer(refused) ?? {})[0]).toMatch(/^(error|refused)$/)
    for (const { text, events } of one.frames) if (events.length > 0) expect(one.feed.answer(text)).toBeNull()
  })

  test('its frames are told from those of all other feeds', () => {
    for (const { text, events } of one.frames)
      if (events.length > 0) expect(feedOf(parseJson(text) as object)?.name).toBe(one.bare ? one.feed.name : undefined)
  })

  test('the topic has what bronze gives again, with the same digest', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'conformance-'))
    const bronze = createBronzeWriter({ directory, feed: one.feed.name })
    for (const { seconds, text } of one.frames) bronze.frame('a', micros(seconds), text)
    bronze.close()
    const streams = createMemoryStreams()
    const config = { ...readConfig(), feeds: [{ name: one.feed.name, products: productsOf(one), stale_after_s: 10 }] }
    const publisher = createPublisher({ streams, config, bronze: { directory } })
    await publisher.publishAvailable()
    await publisher.close()
    const live = streams.records('ticks.raw').map(({ value }) => decodeEvent(value.toString()) as MarketEvent)
    const again: MarketEvent[] = []
    for await (const { events } of readEvents([...bronze.files], config)) again.push(...events)
    rmSync(directory, { recursive: true })
    expect(again.length).toBeGreaterThan(0)
    expect(live).toEqual(again)
    expect(digestOf(rowsOf(live))).toBe(digestOf(rowsOf(again)))
  })
})

/** The same frame some seconds later, its ids as they were. */
function moved(text: string, by: number): string {
  return text
    .replace(/\b17675\d{8}\b/g, value => String(Number(value) + 1000 * by))
    .replace(/2026-01-05T[\d:.]+Z/g, value => new Date(Date.parse(value) + 1000 * by).toISOString())
}
