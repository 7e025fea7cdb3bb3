import { expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { LostFrames } from '../../../src/jobs/check/lost_frames.ts'
import { quote } from '../../fixtures/events.ts'

const frame = (sequence: number, more: object = {}): MarketEvent => ({ ...quote(sequence, 1, 2), sequence, ...more })
const gap = (sequence: number, missing: number | null, more: object = {}): MarketEvent => {
  const { feed, connection, received_at, time } = quote(sequence, 1, 2)
  const lost = { type: 'gap' as const, reason: 'sequence' as const, from: time, to: time, missing }
  return { feed, connection, received_at, time, product: 'BTC-USD', sequence, index: 0, ...lost, ...more }
}

function missing(...events: MarketEvent[]): number {
  const lost = new LostFrames()
  for (const event of events) lost.take(event)
  return lost.missing
}

it('a lost frame of a connection counts once, however many products tell of it', () => {
  expect(missing(frame(1), gap(2, 3), gap(2, 3, { product: 'ETH-USD' }), frame(5))).toBe(3)
  expect(missing(gap(2, 3), gap(2, 3, { connection: 'b' }), gap(2, 3, { feed: 'other' }))).toBe(9)
})

it('a frame that comes out of order is none, whether the gap is read before it or after', () => {
  expect(missing(frame(1), gap(2, 1), frame(3), frame(2), frame(4))).toBe(0)
  expect(missing(frame(2), frame(1), frame(3), gap(2, 1), frame(4))).toBe(0)
  expect(missing(frame(1), gap(2, 3), frame(5), frame(3))).toBe(2)
  expect(missing(frame(1), gap(2, 1), frame(2, { connection: 'b' }))).toBe(1)
})

it('a frame with several events, or one that comes again, is taken back once', () => {
  const again = { product: 'ETH-USD', index: 1 }
  expect(missing(frame(1), gap(2, 2), frame(4), frame(2), frame(2, again), frame(2))).toBe(1)
})

it('a break of unknown length counts no frame, and a hole without end is counted without being walked', () => {
  expect(missing(gap(0, null, { reason: 'disconnect' }))).toBe(0)
  expect(missing(frame(1), gap(2, 1e12), frame(1e12 + 2))).toBe(1e12)
})

it('a gap that is taken back counts no frame, before or after the frame that filled it is read', () => {
  const back = gap(2, 1, { withdrawn: true })
  expect(missing(frame(1), gap(2, 1), frame(3), back, frame(2))).toBe(0)
  expect(missing(frame(1), gap(2, 1), frame(3), frame(2), back)).toBe(0)
  expect(missing(frame(1), gap(2, 1), gap(9, 2), back)).toBe(2)
})
