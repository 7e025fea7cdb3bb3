import { expect, test } from 'vitest'
import { newsFeeds, parseConfig, productsOf, readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { eventSchema } from '../../../src/core/events/event_schema.ts'
import { createDecoder, type Decoder, type DecoderSnapshot } from '../../../src/market/decode/decoder.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { addOutgoing, writtenTopics } from '../../../src/market/event_records.ts'
import { feeds } from '../../../src/market/feeds/feeds.ts'
import { finnhub } from '../../../src/market/feeds/finnhub.ts'
import { polygon } from '../../../src/market/feeds/polygon.ts'
import { captureFile, lacksCaptures } from '../../fixtures/captures.ts'
import { decoding } from '../../fixtures/feeds.ts'

const at = 1_767_623_400
const products = ['AAPL', 'MSFT'].map(as => ({ as, symbol: as }))

function newDecoder(snapshot?: DecoderSnapshot): Decoder {
  const listened = [polygon, finnhub].map(feed => ({ feed, products }))
  return createDecoder({ ...decoding(), feeds: listened, snapshot })
}

const article = (id: number, fields: object = {}) => ({
  ...{ category: 'company', datetime: at, headline: `News ${id}`, id, image: '', related: 'AAPL', source: 'Wire' },
  ...{ summary: '', url: 'https://example.com/1', ...fields },
})
const answer = (news: unknown, fields: object = {}) => ({
  ...{ symbol: 'AAPL', from: '2026-01-05', to: '2026-01-05', status: 200, news, ...fields },
})

/** Decodes frames that were received a minute apart, the first a minute after `at`. */
function decode(frames: object[], decoder = newDecoder(), from = 0) {
  const all = frames.map((frame, n) => {
    const received_at = 1_000_000 * (at + 60 * (from + n + 1))
    return decoder.decode({ received_at, feed: 'finnhub', connection: 'finnhub', frame, file: 'f', line: n })
  })
  return {
    events: all.flatMap(({ events }) => events),
    dead: all.flatMap(({ dead }) => dead.map(({ reason }) => reason)),
    ignored: all.flatMap(({ ignored }) => [...ignored]),
  }
}

const told = (events: MarketEvent[]) =>
  events.map(event => [event.type, event.product, event.type === 'news' ? event.id : event.time / 1e6 - at])

test('an answer gives its articles, oldest first, and a clock of its ticker at the time of receipt', () => {
  const { events } = decode([answer([article(2, { datetime: at + 5 }), article(1)])])
  expect(events).toEqual([
    {
      ...{ type: 'news', feed: 'finnhub', product: 'AAPL', time: 1e6 * at, received_at: 1e6 * (at + 60) },
      ...{ connection: 'finnhub', sequence: 0, index: 1, id: '1', headline: 'News 1', summary: '', source: 'Wire' },
      ...{ url: 'https://example.com/1', category: 'company' },
    },
    expect.objectContaining({ type: 'news', id: '2', time: 1e6 * (at + 5), index: 0 }),
    expect.objectContaining({ type: 'clock', product: 'AAPL', time: 1e6 * (at + 60), index: 2 }),
  ])
  for (const event of events) expect(eventSchema.safeParse(event).error).toBeUndefined()
})

test('a ticker without news has its clock all the same', () => {
  expect(told(decode([answer([], { symbol: 'MSFT' })]).events)).toEqual([['clock', 'MSFT', 60]])
})

test('each article is told once, however many answers bring it, also by a decoder that begins anew', () => {
  const frames = [answer([article(1)]), answer([article(2), article(1)]), answer([article(2), article(1), article(3)])]
  const { events, ignored } = decode(frames)
  expect(
    told(events)
      .filter(([type]) => type === 'news')
      .map(([, , id]) => id),
  ).toEqual(['1', '2', '3'])
  expect(ignored).toEqual([
    ['news told before', 1],
    ['news told before', 2],
  ])
  for (let cut = 0; cut < frames.length; cut++) {
    const first = newDecoder()
    const before = decode(frames.slice(0, cut), first).events
    const second = newDecoder(JSON.parse(JSON.stringify(first.snapshot())))
    expect([...before, ...decode(frames.slice(cut), second, cut).events]).toEqual(events)
  }
})

test('an article of two tickers is news of both', () => {
  const { events } = decode([answer([article(1)]), answer([article(1)], { symbol: 'MSFT' })])
  expect(told(events)).toEqual([
    ['news', 'AAPL', '1'],
    ['clock', 'AAPL', 60],
    ['news', 'MSFT', '1'],
    ['clock', 'MSFT', 120],
  ])
})

test('an article without a headline is a dead letter, once', () => {
  const frame = answer([article(1, { headline: ' ' }), article(2, { headline: undefined })])
  const { events, dead } = decode([frame, frame])
  expect(told(events)).toEqual([
    ['clock', 'AAPL', 60],
    ['clock', 'AAPL', 120],
  ])
  expect(dead).toEqual(['missing_headline', 'missing_headline'])
})

test('an article of the future is counted, and told when its time has come', () => {
  const frame = answer([article(1, { datetime: at + 60 + 61 })])
  const { events, ignored, dead } = decode([frame, frame])
  expect(told(events)).toEqual([
    ['clock', 'AAPL', 60],
    ['news', 'AAPL', '1'],
    ['clock', 'AAPL', 120],
  ])
  expect([ignored, dead]).toEqual([[['news of the future', 1]], []])
})

test.each([
  ['missing_id', article(1, { id: null })],
  ['bad_time', article(1, { datetime: 0 })],
  ['bad_time', article(1, { datetime: '2026-01-05' })],
  ['too_long', article(1, { headline: 'x'.repeat(3000) })],
  ['unknown_shape', 7],
])('%s: what is malformed is a dead letter of its own, and the rest of its answer stands', (reason, item) => {
  const { events, dead } = decode([answer([item, article(9)])])
  expect(told(events)).toEqual([
    ['news', 'AAPL', '9'],
    ['clock', 'AAPL', 60],
  ])
  expect(dead).toEqual([reason])
})

test('an answer that is no list is a dead letter, a refusal is counted; neither is a clock', () => {
  const { events, dead, ignored } = decode([answer('<html>'), answer({ error: 'limit' }, { status: 429 })])
  expect([events, dead, ignored]).toEqual([[], ['no_list'], [['status 429', 1]]])
})

test('times in seconds and in milliseconds are told apart', () => {
  const { events } = decode([answer([article(1), article(2, { datetime: 1000 * at })])])
  expect(events.slice(0, 2).map(({ time }) => time)).toEqual([1e6 * at, 1e6 * at])
})

test('a ticker may be one of a market as well: its prices and its news meet in no topic and own nothing of each other', () => {
  const decoder = newDecoder()
  const news = decode([answer([article(1)])], decoder).events
  const trade = { ev: 'T', sym: 'AAPL', x: 4, i: '1', p: 1, s: 1, t: 1000 * at }
  const record = { received_at: 1e6 * at, feed: 'polygon', connection: 'p', frame: [trade], file: 'f', line: 9 }
  const { events, dead } = decoder.decode(record)
  expect([events.map(({ type }) => type), dead]).toEqual([['trade'], []])
  const outgoing: { topic: string; key: string; value: string | Uint8Array }[] = []
  const { topics } = readConfig()
  addOutgoing(outgoing, { events: [...news, ...events], dead: [], ignored: new Map() }, topics)
  expect(outgoing.map(({ topic, key }) => [topic, key])).toEqual([
    [topics.news.name, 'AAPL'],
    [topics.news.name, 'AAPL'],
    [topics.raw.name, 'AAPL'],
  ])
  expect(outgoing.map(({ value }) => value)).toEqual([...news, ...events].map(encodeEvent))
})

test('the config takes a ticker for a market and for news, once each; the topic of news is there only with such a feed', () => {
  const feedsOf = (...names: string[]) => ({
    ...readConfig(),
    feeds: names.map(name => ({ name, products: ['AAPL'] })),
  })
  const config = parseConfig(JSON.stringify(feedsOf('polygon', 'finnhub')), 'c')
  expect(productsOf(config)).toEqual(['AAPL'])
  expect(() => parseConfig(JSON.stringify(feedsOf('polygon', 'binance')), 'c')).toThrow('is brought by polygon already')
  expect(writtenTopics(config).map(({ name }) => name)).toEqual(['ticks.raw', 'ticks.raw.dlq', 'market.news'])
  expect(writtenTopics(readConfig())).toHaveLength(2)
})

test('the config knows the feeds of news', () => {
  expect(feeds.filter(({ brings }) => brings === 'news').map(({ name }) => name)).toEqual([...newsFeeds])
})

test.skipIf(lacksCaptures)('real articles: each is news', async () => {
  const settings = { name: 'finnhub', products: [{ as: 'AAPL', symbol: 'AAPL' }], stale_after_s: 10 }
  const reader = readEvents([captureFile('finnhub-company-news-aapl.json')], { ...readConfig(), feeds: [settings] })
  const events: MarketEvent[] = []
  for await (const batch of reader) events.push(...batch.events)
  expect(reader.counters.dead).toEqual({})
  expect(events).toHaveLength(7)
  for (const event of events) expect(eventSchema.safeParse(event).error).toBeUndefined()
})
