/** One frame may hold as many faults as it has bytes: what comes of it is bounded, and counted whole. */

import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { frameLine, parseBronzeLine } from '../../../src/market/bronze/line.ts'
import { createDecoder, type Decoded, type Decoder } from '../../../src/market/decode/decoder.ts'
import { addOutgoing } from '../../../src/market/event_records.ts'
import { coinbase } from '../../../src/market/feeds/coinbase.ts'
import { countDecoded, emptyPublished } from '../../../src/market/published_counts.ts'
import type { Outgoing } from '../../../src/streams/port.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { envelope, micros, ticker, trade, trades } from '../../fixtures/wire.ts'

const record = (text: string) => ({
  ...{ received_at: micros(1), feed: 'coinbase', connection: 'c', frame: JSON.parse(text), text },
  ...{ file: 'f', line: 1 },
})
const decode = (decoder: Decoder, text: string): Decoded => decoder.decode(record(text))

describe('a frame with more faults than a function takes arguments', () => {
  const zeros = Array.from({ length: 150_000 }, () => 0) as unknown as object[]
  const text = trades(0, 1, [...zeros, trade('1', 1), {}, {}])
  const decoder = createDecoder(decoding('BTC-USD'))
  const decoded = decode(decoder, text)

  it('gives its good events, the first faults each by itself, and one letter a reason for the others', () => {
    expect(decoded.events).toMatchObject([{ type: 'trade', id: '1' }])
    expect(decoded.dead).toHaveLength(22)
    expect(decoded.dead[0]).toMatchObject({ reason: 'bad_trade', bytes: '0' })
    expect(decoded.dead.slice(20)).toMatchObject([
      { reason: 'bad_trade', detail: '149980 more items of this frame', count: 149_980, bytes: '' },
      { reason: 'missing_product', detail: '2 more items of this frame', count: 2, bytes: '' },
    ])
  })

  it('counts each of them', () => {
    const dead = { bad_trade: 150_000, missing_product: 2 }
    const counts = emptyPublished()
    countDecoded(counts, record(text), decoded)
    expect([decoder.counters.dead, counts.dead]).toEqual([dead, dead])
  })

  it('becomes no more bytes of dead letters than the frame has', () => {
    const outgoing: Outgoing[] = []
    addOutgoing(outgoing, decoded, readConfig().topics)
    const bytes = outgoing.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0)
    expect(outgoing).toHaveLength(23)
    expect(bytes).toBeLessThan(text.length)
  })
})

it.each([
  ['{}', 3_000_000],
  ['[', 5_000_000],
  ['0', 5_000_000],
])('a text with too many values (%j, %d times) is not parsed: it is as if it were no JSON', (value, times) => {
  const text = trades(0, 1, []).replace('[]', `[${Array(times).fill(value).join()}]`)
  const [line, began] = [frameLine('coinbase', 'c', micros(1), text), performance.now()]
  expect(line.length).toBeLessThan(2_000_000)
  expect(parseBronzeLine(line)).toMatchObject({ dead: 'not_json' })
  expect(performance.now() - began).toBeLessThan(1000)
})

it('a text of 7 MB of market data is parsed', () => {
  const text = trades(
    0,
    1,
    Array.from({ length: 60_000 }, (_, i) => trade(`${i}`, 1)),
  )
  expect(text.length).toBeGreaterThan(7_000_000)
  expect(decode(createDecoder(decoding('BTC-USD')), text).events).toHaveLength(60_000)
  expect(parseBronzeLine(frameLine('coinbase', 'c', micros(1), text))).toMatchObject({ text })
})

it('a record on which the decoder fails becomes one dead letter, and what follows is decoded', () => {
  const [options] = decoding('BTC-USD').feeds
  const feed = {
    ...coinbase,
    read(frame: unknown) {
      if ((frame as { channel: string }).channel === 'poison') throw new RangeError('Maximum call stack size exceeded')
      return coinbase.read(frame)
    },
  }
  const decoder = createDecoder({ ...decoding('BTC-USD'), feeds: [{ ...options, feed }] })
  const poison = envelope('poison', 0, 1, [])
  expect(decode(decoder, poison)).toMatchObject({
    events: [],
    dead: [{ reason: 'decoder_failed', detail: 'Maximum call stack size exceeded', where: 'f:1', bytes: poison }],
  })
  expect(decode(decoder, ticker(1, 2)).events).toMatchObject([{ type: 'quote' }])
  expect(decoder.counters.dead).toEqual({ decoder_failed: 1 })
})
