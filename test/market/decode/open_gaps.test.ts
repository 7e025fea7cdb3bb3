import { expect, test } from 'vitest'
import type { Gap } from '../../../src/core/events/event.ts'
import { OpenGaps, openGapAge } from '../../../src/market/decode/open_gaps.ts'

const gap = (from: number, received_at: number | null, change: Partial<Gap> = {}): Gap => ({
  ...{ type: 'gap', feed: 'f', product: 'P', time: from + 1, received_at, connection: 'c', sequence: 0, index: 0 },
  ...{ reason: 'sequence', from, to: from + 1, missing: 1, ...change },
})
const starts = (gaps: OpenGaps): number[] => gaps.list.map(({ from }) => from)

test('a gap is open from the first time that it is seen until it is filled: the same feed, product, start and end', () => {
  const gaps = new OpenGaps()
  for (const again of [5, 6]) gaps.add(gap(1, again))
  expect(gaps.list).toEqual([{ feed: 'f', product: 'P', from: 1, to: 2, received_at: 5 }])
  const span = { product: 'P', from: 1, to: 2 }
  gaps.fill('g', span)
  for (const change of [{ product: 'Q' }, { from: 0 }, { to: 3 }]) gaps.fill('f', { ...span, ...change })
  expect(starts(gaps)).toEqual([1])
  gaps.fill('f', span)
  expect(starts(gaps)).toEqual([])
  for (const change of [{}, { feed: 'g' }, { product: 'Q' }, { to: 3 }]) gaps.add(gap(1, 5, change))
  expect(gaps.list).toHaveLength(4)
})

test('one without a time of receipt is not asked for', () => {
  const gaps = new OpenGaps()
  gaps.add(gap(1, null))
  gaps.add(gap(2, 0))
  expect(starts(gaps)).toEqual([2])
})

test('those of a day and the hundred newest are kept', () => {
  const gaps = new OpenGaps([{ feed: 'f', product: 'P', from: 1, to: 2, received_at: 0 }])
  gaps.add(gap(3, openGapAge))
  expect(starts(gaps)).toEqual([1, 3])
  gaps.add(gap(5, openGapAge + 1))
  expect(starts(gaps)).toEqual([3, 5])
  expect(openGapAge).toBe(24 * 3600 * 1e6)
  for (let i = 0; i < 99; i++) gaps.add(gap(10 + i, openGapAge + 2))
  expect([gaps.list.length, starts(gaps)[0], starts(gaps).at(-1)]).toEqual([100, 5, 108])
})
