import { expect, test } from 'vitest'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { Continuity } from '../../../src/market/decode/continuity.ts'

const record = (connection: string, more: Partial<RawRecord> = {}): RawRecord =>
  ({ received_at: 7, feed: 'f', connection, frame: {}, text: '', file: 'f', line: 1, ...more }) as RawRecord
const common = { type: 'gap', feed: 'f', received_at: 7, index: 0 }

test('frames that are missing between two are a gap of each product of the connection, from the one to the other', () => {
  const found = new Continuity()
  expect(found.advance(record('a'), 5, 100)).toEqual([])
  found.learn('a', 'P', 5)
  found.learn('a', 'Q', 5)
  expect(found.advance(record('a'), 6, 110)).toEqual([])
  expect(found.advance(record('a'), 6, 111)).toEqual([])
  expect(found.advance(record('a'), 4, 112)).toEqual([])
  const lost = { reason: 'sequence', sequence: 7, missing: 1, from: 110, to: 120, time: 120, connection: 'a' }
  expect(found.advance(record('a'), 8, 120)).toEqual([
    { ...common, ...lost, product: 'P' },
    { ...common, ...lost, product: 'Q' },
  ])
  expect(found.next('a')).toBe(9)
  expect(found.next('b')).toBe(0)
  // A frame whose time cannot be trusted stands at the time of the last one; one before is no end of a gap.
  expect(found.advance(record('a'), 12, null)).toMatchObject([{ from: 120, to: 120, missing: 3 }, { product: 'Q' }])
  expect(found.advance(record('a'), 20, 90)).toMatchObject([{ from: 120, to: 120, missing: 7 }, { product: 'Q' }])
  expect(found.advance(record('a'), 22, 130)).toMatchObject([{ from: 90, to: 130, missing: 1 }, { product: 'Q' }])
})

test('without a time nothing can be lost; the first trusted one stands for both ends', () => {
  const found = new Continuity()
  found.learn('a', 'P', 0)
  expect(found.advance(record('a'), 0, null)).toEqual([])
  expect(found.advance(record('a'), 3, null)).toEqual([])
  expect(found.advance(record('a'), 6, 50)).toMatchObject([{ from: 50, to: 50, missing: 2 }])
})

test('a product is served from the frame after the one that told so, also when that comes again', () => {
  const found = new Continuity()
  found.learn('a', 'P', 3)
  found.learn('a', 'P', 9)
  found.learn('a', 'Q', 4)
  expect([found.served('a', 3), found.served('a', 4), found.served('a', 5)]).toEqual([[], ['P'], ['P', 'Q']])
  found.control('a', 'close')
  expect(found.served('a', 9)).toEqual([])
})

test('a product that goes on on another connection has a gap, with what ended the last one, once', () => {
  for (const [end, reason] of [
    ['close', 'disconnect'],
    ['stale', 'stale'],
  ] as const) {
    const found = new Continuity()
    expect(found.carry(record('a'), 'P', 10, 11)).toBeNull()
    expect(found.carry(record('a'), 'P', 20, 21)).toBeNull()
    found.control('a', end)
    found.control('a', 'close')
    // Frames that were sent before the last event of the other one tell nothing.
    expect(found.carry(record('b'), 'P', 19, 20)).toBeNull()
    const gap = { reason, from: 20, to: 31, time: 31, sequence: 0, missing: null, connection: 'b', product: 'P' }
    expect(found.carry(record('b'), 'P', 30, 31)).toEqual({ ...common, ...gap })
    expect(found.carry(record('b'), 'P', 40, 41)).toBeNull()
    expect([found.lastOf('P'), found.lastOf('Q')]).toEqual([40, 0])
  }
})

test('bare frames whose numbers go on are one connection', () => {
  const numbered = (first: number) => {
    const found = new Continuity()
    found.advance(record('a'), 5, 10)
    found.carry(record('a'), 'P', 10, 10)
    found.advance(record('b', { bare: true }), first, 20)
    return found.carry(record('b', { bare: true }), 'P', 20, 20)
  }
  expect(numbered(6)).toBeNull()
  for (const first of [5, 7]) expect(numbered(first)).toMatchObject({ reason: 'disconnect', from: 10, to: 20 })
})

test('sixty-four connections are remembered, the one used least recently is forgotten first', () => {
  const found = new Continuity()
  for (let i = 0; i < 64; i++) found.advance(record(`c${i}`), 5, 100)
  found.advance(record('c0'), 6, 101)
  found.advance(record('new'), 0, 102)
  const names = found.snapshot().connections.map(({ name }) => name)
  expect([names.length, names.includes('c0'), names.includes('c1'), names.includes('c2')]).toEqual([
    64,
    true,
    false,
    true,
  ])
  const again = new Continuity(found.snapshot())
  expect(again.snapshot()).toEqual(found.snapshot())
  expect([again.next('c0'), again.next('c2')]).toEqual([7, 6])
})

test('a hole before any product is known is not kept: there is nobody to tell when it is filled', () => {
  const found = new Continuity()
  for (const sequence of [1, 3]) found.advance(record('a'), sequence, sequence)
  expect(found.snapshot().connections[0].holes ?? []).toEqual([])
  found.learn('a', 'P', 3)
  found.advance(record('a'), 5, 5)
  expect(found.snapshot().connections[0].holes).toHaveLength(1)
})

test('an event no later than the last does not take the product over: the next gap is that of the connection before', () => {
  const found = new Continuity()
  found.carry(record('a'), 'P', 20, 20)
  found.control('a', 'stale')
  expect(found.carry(record('b'), 'P', 20, 21)).toMatchObject({ reason: 'stale', from: 20, to: 21 })
  expect(found.carry(record('c'), 'P', 30, 30)).toMatchObject({ reason: 'stale', from: 20, to: 30 })
})
