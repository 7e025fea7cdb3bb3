import { expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import {
  append,
  type Backlog,
  covers,
  endBacklog,
  letGo,
  newBacklog,
  placeAfter,
  quotesOf,
  shift,
} from '../../../src/market/decode/connection_backlog.ts'

const quote = (time: number): MarketEvent => ({
  ...{ type: 'quote', feed: 'f', product: 'P', time, received_at: null, connection: 'c', sequence: time, index: 0 },
  ...{ bid: String(time), ask: '1', bid_size: null, ask_size: null, last: null },
})
const gap = (from: number, to: number): MarketEvent => ({
  ...{ type: 'gap', feed: 'f', product: 'P', time: to, received_at: null, connection: 'c', sequence: 0, index: 0 },
  ...{ reason: 'sequence', from, to, missing: 1 },
})
/** Quotes at these times, a pair for a gap. */
function backlogOf(...items: (number | [from: number, to: number])[]): Backlog {
  const backlog = newBacklog()
  for (const item of items) append(backlog, typeof item === 'number' ? quote(item) : gap(...item), null)
  return backlog
}
const waiting = ({ waiting }: Backlog): number[] => waiting.map(({ at }) => at)

test('what came stands at the time of its frame, a gap at its end, and without a frame time at its own', () => {
  const backlog = newBacklog()
  append(backlog, quote(5), 7)
  append(backlog, gap(8, 12), 99)
  append(backlog, quote(13), null)
  expect(waiting(backlog)).toEqual([7, 12, 13])
  expect([backlog.since, backlog.live, backlog.ended]).toEqual([7, true, null])
})

test('it covers a time from its first event on while its connection is open; what ended it first is what ended it', () => {
  const backlog = backlogOf(10)
  expect([covers(backlog, 9), covers(backlog, 10), covers(backlog, 11)]).toEqual([false, true, true])
  endBacklog(backlog, 'stale')
  endBacklog(backlog, 'close')
  expect([covers(backlog, 11), backlog.ended]).toEqual([false, 'stale'])
  append(backlog, quote(20), null)
  endBacklog(backlog, 'open')
  expect([covers(backlog, 21), backlog.ended]).toEqual([false, null])
  expect(covers(newBacklog(), 1)).toBe(false)
})

test('what was let go leaves its last eight quotes; a gap makes it begin anew', () => {
  const backlog = backlogOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
  for (let i = 0; i < 9; i++) shift(backlog)
  expect(backlog.tail.map(({ at }) => at)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  expect(quotesOf(backlog)).toMatchObject({ places: [0, 0, 0, 0, 0, 0, 0, 0, 1] })
  append(backlog, gap(11, 20), null)
  append(backlog, quote(21), null)
  expect(quotesOf(backlog).places).toHaveLength(9)
  for (let i = 0; i < 2; i++) shift(backlog)
  expect([backlog.since, backlog.tail, waiting(backlog)]).toEqual([20, [], [21]])
  shift(backlog)
  expect(shift(backlog)).toBeUndefined()
})

test('all up to a time less what unequal clocks need is let go, and all up to the last gap before that time', () => {
  const gone = (backlog: Backlog, head: number, keep: number): number[] =>
    letGo(backlog, head, keep).map(({ at }) => at)
  const plain = backlogOf(10, 20, 30, 40)
  expect(gone(plain, 40, 20)).toEqual([10, 20])
  expect(waiting(plain)).toEqual([30, 40])
  expect(gone(plain, 49, 20)).toEqual([])
  const broken = backlogOf(10, 20, [21, 30], 40, [41, 50], 60)
  expect(gone(broken, 49, 100)).toEqual([10, 20, 30])
  expect(gone(broken, 50, 100)).toEqual([40, 50])
  expect(waiting(broken)).toEqual([60])
  expect(gone(backlogOf(), 50, 0)).toEqual([])
  expect(gone(backlogOf(10, 249_990, 250_000), 500_000, 250_000)).toEqual([10, 249_990, 250_000])
})

test('the place after a time is before the first item that is later, or the first gap', () => {
  expect(placeAfter(backlogOf(10, 20, 30), 20)).toBe(2)
  expect(placeAfter(backlogOf(10, 20, 30), 30)).toBe(3)
  expect(placeAfter(backlogOf(10, [11, 15], 20), 30)).toBe(1)
})
