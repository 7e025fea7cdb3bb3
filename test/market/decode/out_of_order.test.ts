import { expect, it } from 'vitest'
import type { Gap, MarketEvent } from '../../../src/core/events/event.ts'
import { eventSchema } from '../../../src/core/events/event_schema.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { RowCollector } from '../../../src/core/features/rows.ts'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { createDecoder, type Decoder } from '../../../src/market/decode/decoder.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { settings } from '../../fixtures/events.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { micros, ticker } from '../../fixtures/wire.ts'

const record = (number: number, connection = 'c', product = 'BTC-USD', role?: 'primary'): RawRecord => {
  const text = ticker(number, number / 4, product, { best_bid: `${100 + (number % 7) / 10}` })
  const received_at = micros(number / 4)
  return { received_at, feed: 'coinbase', connection, role, frame: JSON.parse(text), text, file: 'f', line: number + 1 }
}

const options = decoding('BTC-USD', 'ETH-USD')

function decode(records: RawRecord[], decoder: Decoder = createDecoder(options)): MarketEvent[] {
  return records.flatMap(one => decoder.decode(one).events)
}

const gapsOf = (events: MarketEvent[]): Gap[] => events.filter(event => event.type === 'gap')
const order = (...numbers: number[]): RawRecord[] => numbers.map(number => record(number))

it('a frame one place late takes back the gap that was told of it, for each product that was told', () => {
  const records = [record(0), record(1, 'c', 'ETH-USD'), ...order(3, 2, 4)]
  const gaps = gapsOf(decode(records))
  expect(gaps.map(({ product, sequence, missing, withdrawn }) => ({ product, sequence, missing, withdrawn }))).toEqual([
    { product: 'BTC-USD', sequence: 2, missing: 1, withdrawn: undefined },
    { product: 'ETH-USD', sequence: 2, missing: 1, withdrawn: undefined },
    { product: 'BTC-USD', sequence: 2, missing: 1, withdrawn: true },
    { product: 'ETH-USD', sequence: 2, missing: 1, withdrawn: true },
  ])
  for (const gap of gaps) expect(eventSchema.safeParse(JSON.parse(JSON.stringify(gap))).success).toBe(true)
})

it('a gap of several frames is taken back with the last of them, once', () => {
  const withdrawn = (...numbers: number[]): number[] =>
    gapsOf(decode(order(...numbers))).flatMap(({ withdrawn: back, sequence }) => (back ? [sequence] : []))
  expect(withdrawn(0, 4, 2, 3)).toEqual([])
  expect(withdrawn(0, 4, 2, 2, 3)).toEqual([])
  expect(withdrawn(0, 4, 2, 3, 1)).toEqual([1])
  expect(withdrawn(0, 4, 2, 3, 1, 1, 2)).toEqual([1])
  expect(withdrawn(0, 2, 4, 3, 1)).toEqual([3, 1])
})

it('what was lost on another connection, or of two connections at once, is not', () => {
  expect(gapsOf(decode([...order(0, 2), record(1, 'd')])).filter(gap => gap.withdrawn)).toEqual([])
  const redundant = [0, 2, 1, 3].map(number => record(number, 'c', 'BTC-USD', 'primary'))
  expect(gapsOf(decode(redundant)).filter(gap => gap.withdrawn)).toEqual([])
})

it('it is not asked for over REST any more, and counts as no gap of a summary', () => {
  const decoder = createDecoder(options)
  decode(order(0, 2), decoder)
  expect(decoder.openGaps()).toHaveLength(1)
  decode(order(1), decoder)
  expect(decoder.openGaps()).toEqual([])
  expect(decoder.counters).toMatchObject({ gaps: { sequence: 1 }, events: { gap: 1 }, withdrawn: 1 })
})

it('a decoder that begins between the two, from a state, takes it back all the same', () => {
  const before = createDecoder(options)
  decode(order(0, 2), before)
  const snapshot = JSON.parse(JSON.stringify(before.snapshot()))
  expect(gapsOf(decode(order(1), createDecoder({ ...options, snapshot }))).map(gap => gap.withdrawn)).toEqual([true])
  for (const connection of snapshot.connections) delete connection.holes
  expect(decode(order(1), createDecoder({ ...options, snapshot })).map(event => event.type)).toEqual(['quote'])
})

it('its memory is bounded', () => {
  const decoder = createDecoder(options)
  decode(order(...Array.from({ length: 500 }, (_, i) => 2 * i)), decoder)
  expect(decoder.snapshot().connections![0].holes).toHaveLength(16)
  expect(gapsOf(decode(order(1, 997), decoder)).map(gap => gap.sequence)).toEqual([997])
})

it('rows are those of the frames in order, also when the events come in any order', () => {
  const numbers = Array.from({ length: 400 }, (_, i) => i)
  const swapped = numbers.map(i => (i >= 40 && i % 40 < 2 ? i ^ 1 : i))
  expect(swapped).not.toEqual(numbers)
  const digest = (events: MarketEvent[]): string => {
    const rows = new RowCollector()
    const engines = new Engines(settings, { row: (product, time, values) => rows.add(product, time, values) })
    for (const event of events) engines.push(event)
    return digestOf(rows.takeTable())
  }
  const events = decode(order(...swapped))
  expect(gapsOf(events).length).toBe(18)
  const inOrder = digest(decode(order(...numbers)))
  expect(digest(events)).toBe(inOrder)
  const backFirst = events.toSorted((a, b) => a.time - b.time || Number(isBack(b)) - Number(isBack(a)))
  expect(backFirst).not.toEqual(events)
  expect(digest(backFirst)).toBe(inOrder)
  expect(digest(events.filter(event => !isBack(event)))).not.toBe(inOrder)
})

const isBack = (event: MarketEvent): boolean => event.type === 'gap' && event.withdrawn === true
