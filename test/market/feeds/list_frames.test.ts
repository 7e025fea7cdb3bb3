import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { frameLine, parseBronzeLine } from '../../../src/market/bronze/line.ts'
import type { BronzeWriter } from '../../../src/market/bronze/write.ts'
import { createDecoder, type DecoderOptions } from '../../../src/market/decode/decoder.ts'
import type { Feed, Reading } from '../../../src/market/feeds/feed.ts'
import {
  asList,
  asObject,
  decimal,
  emptyReading,
  parseJson,
  productOf,
  tradeIdOf,
} from '../../../src/market/feeds/reading.ts'
import { ingest } from '../../../src/market/ingest.ts'
import { localBackoff } from '../../../src/market/socket/backoff.ts'
import { decoding } from '../../fixtures/feeds.ts'

/** A made-up exchange: frames are lists of trades and quotes, quotes have no time, nothing has a number, it wants a login. */
const lists: Feed = {
  ...{
    name: 'lists',
    venue: 'lists',
    url: 'ws://localhost',
    channels: ['T', 'Q'],
    numbering: 'none',
    clock: 'receipt',
  },
  logIn: secret => [JSON.stringify({ action: 'auth', params: secret })],
  subscribe: (symbols, channels) =>
    channels.flatMap(channel =>
      symbols.map(symbol => JSON.stringify({ action: 'subscribe', params: `${channel}.${symbol}` })),
    ),
  answer(message) {
    const [item] = asList(parseJson(message)).map(asObject)
    if (item?.ev !== 'status') return null
    const served = /^subscribed to: \w\.(\S+)$/.exec(String(item.message))?.[1]
    if (item.status === 'error') return { error: String(item.message) }
    return served === undefined ? null : { served: [served] }
  },
  recognises: frame => Array.isArray(frame),
  read(frame) {
    const reading = emptyReading()
    if (!Array.isArray(frame)) reading.faults.push({ reason: 'no_list' })
    for (const [index, item] of asList(frame).entries()) readItem(reading, item, index)
    return reading
  },
}

function readItem(reading: Reading, value: unknown, index: number): void {
  const item = asObject(value)
  const product = productOf(item?.sym)
  const id = tradeIdOf(item?.i)
  if (item?.ev === 'status') reading.heartbeat = true
  else if (item === null || product === null) reading.faults.push({ reason: 'bad_item', item: value })
  else if (item.ev === 'T' && id !== null)
    reading.events.push({
      type: 'trade',
      product,
      time: Number(item.t) * 1000,
      index,
      id,
      price: decimal(item.p)!,
      size: decimal(item.s)!,
      side: null,
    })
  else if (item.ev === 'Q')
    reading.events.push({
      type: 'quote',
      product,
      time: null,
      index,
      bid: decimal(item.bp),
      ask: decimal(item.ap),
      bid_size: null,
      ask_size: null,
      last: null,
    })
}

const options: DecoderOptions = {
  ...decoding('BTC-USD'),
  feeds: [
    {
      feed: lists,
      products: [
        { as: 'apple', symbol: 'AAPL' },
        { as: 'BRK.B', symbol: 'BRK.B' },
      ],
    },
  ],
}
const second = 1_000_000
const start = 1_700_000_000 * second

/** What becomes of messages, one a second, written to bronze and read again. */
function decode(messages: string[], decoder = createDecoder(options), from = 0) {
  const all = messages.map((text, n) => {
    const content = parseBronzeLine(frameLine('lists', 'lists-1', start + (from + n) * second, text))!
    return decoder.decode({ ...content, file: 'f', line: from + n + 1 })
  })
  return { decoder, events: all.flatMap(({ events }) => events), dead: all.flatMap(({ dead }) => dead) }
}

const tradeOf = (sym: string, i: string, at: number) => ({
  ev: 'T',
  sym,
  i,
  p: 101.5,
  s: 10,
  t: (start + at * second) / 1000,
})
const quoteOf = (sym: string) => ({ ev: 'Q', sym, bp: 101, ap: 102 })
const messages = [
  [quoteOf('AAPL'), tradeOf('AAPL', 'a', -0.5), tradeOf('MSFT', 'b', 0)],
  [quoteOf('AAPL'), quoteOf('AAPL')],
  [{ ev: 'status' }],
  [],
  [{ ev: 'Q' }, quoteOf('BRK.B'), 7],
  [{ ev: 'status' }],
].map(items => JSON.stringify(items))

test('lists are frames: each item an event, a quote without a time has its receipt, what is malformed is a dead letter of its own', () => {
  const { events, dead, decoder } = decode([...messages, '{"ev":"T"}'])
  const told = (event: MarketEvent) => [
    event.type,
    event.product,
    (event.time - start) / second,
    event.sequence,
    event.index,
  ]
  expect(events.map(told)).toEqual([
    ['quote', 'apple', 0, 0, 0],
    ['trade', 'apple', -0.5, 0, 1],
    ['quote', 'apple', 1, 1, 0],
    ['quote', 'apple', 1, 1, 1],
    ['clock', 'apple', 2, 2, 0],
    ['quote', 'BRK.B', 4, 4, 1],
    ['clock', 'apple', 5, 5, 0],
    ['clock', 'BRK.B', 5, 5, 0],
  ])
  expect(dead.map(({ reason, bytes }) => [reason, bytes])).toEqual([
    ['bad_item', '{"ev":"Q"}'],
    ['bad_item', '7'],
    ['no_list', '{"ev":"T"}'],
  ])
  expect(decoder.counters).toMatchObject({ frames: 7, skipped: { MSFT: 1 }, gaps: { sequence: 0, disconnect: 0 } })
})

test('frames are counted on where the decoder begins anew', () => {
  const { events } = decode(messages)
  for (let cut = 0; cut <= messages.length; cut++) {
    const { decoder, events: before } = decode(messages.slice(0, cut))
    const snapshot = JSON.parse(JSON.stringify(decoder.snapshot()))
    const after = decode(messages.slice(cut), createDecoder({ ...options, snapshot }), cut)
    expect([...before, ...after.events]).toEqual(events)
  }
})

test('a quote that has neither a time nor a receipt is a dead letter', () => {
  const frame = [quoteOf('AAPL')]
  const record = { received_at: null, feed: 'lists', connection: 'c', frame, file: 'f', line: 1 }
  expect(createDecoder(options).decode(record)).toMatchObject({ events: [], dead: [{ reason: 'bad_time' }] })
})

const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

test('a feed with a login logs in on each connection before it subscribes, and asks again without', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  servers.push(server)
  await once(server, 'listening')
  const said: string[][] = []
  server.on('connection', socket => {
    const mine: string[] = []
    said.push(mine)
    socket.on('message', data => {
      const { action, params } = JSON.parse(data.toString())
      mine.push(`${action} ${params}`)
      if (action === 'subscribe' && mine.length > 3)
        socket.send(JSON.stringify([{ ev: 'status', status: 'success', message: `subscribed to: ${params}` }]))
      if (mine.length === 3) socket.send('[{"ev":"status","status":"error","message":"slow down"}]')
      if (mine.length === 5) socket.close(1000, said.length === 2 ? 'end of market' : '')
    })
  })
  const written: string[] = []
  const bronze = {
    control: (...told: unknown[]) => written.push(JSON.stringify(told)),
    frame: (...told: unknown[]) => written.push(JSON.stringify(told)),
    flush: () => {},
  }
  const log = pino({ level: 'trace' }, { write: line => written.push(line) })
  await ingest({
    ...{ feed: lists, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, products: ['AAPL', 'BRK.B'] },
    ...{ channels: ['T'], secret: 's3cret', bronze: bronze as unknown as BronzeWriter, stamp: () => 1, start: 's' },
    ...{ staleAfterMs: 5000, backoff: localBackoff, log, acknowledgeWithinMs: 5000 },
  })
  const asked = ['subscribe T.AAPL', 'subscribe T.BRK.B']
  expect(said).toEqual([
    ['auth s3cret', ...asked, ...asked],
    ['auth s3cret', ...asked, ...asked],
  ])
  for (const part of ['"open"', 'slow down', '"msg":"connected"']) expect(written.join()).toContain(part)
  expect(written.join()).not.toContain('s3cret')
})
