/** A trade comes by the stream, by a back-fill, and again when a new connection shows the last trades: it is given out once. */

import { expect, it } from 'vitest'
import { createDecoder, type Decoder } from '../../../src/market/decode/decoder.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { micros, ticker, trade, trades } from '../../fixtures/wire.ts'

const base = { feed: 'coinbase', file: 'f', line: 1 }
const backfill = { product: 'BTC-USD', from: micros(9), to: micros(11) }

/** Ids of the trades that come of each. */
function streamed(decoder: Decoder, at: number, text: string, connection = 'c'): string[] {
  const record = { ...base, connection, received_at: micros(at), frame: JSON.parse(text), text }
  return decoder.decode(record).events.flatMap(event => (event.type === 'trade' ? [event.id] : []))
}

function filled(decoder: Decoder, ...items: object[]): [string, boolean | undefined][] {
  const text = JSON.stringify({ trades: items })
  const record = { ...base, connection: 'b', received_at: micros(12), frame: JSON.parse(text), text, backfill }
  return decoder
    .decode(record)
    .events.flatMap(event =>
      event.type === 'trade' ? [[event.id, event.backfilled] as [string, boolean | undefined]] : [],
    )
}

it('a back-fill gives what the stream has not given, marked, each once', () => {
  const decoder = createDecoder(decoding('BTC-USD'))
  expect(streamed(decoder, 10, trades(0, 10, [trade('6', 10)]))).toEqual(['6'])
  const answer = [trade('7', 10), trade('6', 10), trade('7', 10)]
  expect(filled(decoder, ...answer)).toEqual([['7', true]])
  expect(filled(decoder, ...answer, trade('8', 11))).toEqual([['8', true]])
  expect(filled(decoder, trade('9', 11.000001), trade('5', 8.999999), trade('4', 10, 'ETH-USD'))).toEqual([])
})

// A second is closed 2 s after its end: that of the trade at 13 s.
it.each([
  ['while its second is open is given again: the stream has its place', 12.999999, ['7', '8']],
  ['when its second is closed is dropped, and no other one with it', 13, ['8']],
])('a filled trade that the stream shows again %s', (_, last, wanted) => {
  const decoder = createDecoder(decoding('BTC-USD'))
  streamed(decoder, 5, ticker(0, 5))
  filled(decoder, trade('7', 10))
  const again = trades(0, 10.5, [trade('7', 10), trade('8', 10)])
  streamed(decoder, last, ticker(5, last))
  expect(streamed(decoder, 14, again, 'd')).toEqual(wanted)
})

it('what was filled in is known after a restart', () => {
  const first = createDecoder(decoding('BTC-USD'))
  streamed(first, 13, ticker(0, 13))
  filled(first, trade('7', 10))
  const second = createDecoder({ ...decoding('BTC-USD'), snapshot: JSON.parse(JSON.stringify(first.snapshot())) })
  expect(filled(second, trade('7', 10))).toEqual([])
  expect(streamed(second, 14, trades(0, 14, [trade('7', 10), trade('8', 10)]), 'd')).toEqual(['8'])
})
