import { expect, test } from 'vitest'
import { splitEarlyLate, takeLastSeconds } from '../../../src/monitor/columns/take_part.ts'
import { smallSide } from '../../fixtures/small_side.ts'

test('halves have one boundary in time for all products: the middle row is of the late one', () => {
  const side = smallSide(
    { a: [0, 1, 2, 10, 11, 12, 13] },
    { product: ['A', 'A', 'A', 'B', 'B', 'B', 'B'], seconds: [0, 1, 2, 0, 1, 2, 3] },
  )
  const { early, late } = splitEarlyLate(side)
  expect([...early.columns.a.values]).toEqual([0, 10])
  expect([...late.columns.a.values]).toEqual([1, 2, 11, 12, 13])
  expect([early.name, late.name]).toEqual(['side, early half', 'side, late half'])
  expect([early.product, early.rows, late.rows]).toEqual([['A', 'B'], 2, 5])
})

test('of an even number of rows the later of the two in the middle is the boundary', () => {
  const { early, late } = splitEarlyLate(smallSide({ a: [0, 1, 2, 3] }, { seconds: [0, 1, 5, 9] }))
  expect([[...early.columns.a.values], [...late.columns.a.values]]).toEqual([
    [0, 1],
    [2, 3],
  ])
})

test('rows of one time have no halves', () => {
  expect(() => splitEarlyLate(smallSide({ a: [1, 2] }, { seconds: [5, 5] }))).toThrow(
    expect.objectContaining({ code: 'TOO_FEW_ROWS', message: expect.stringContaining('its rows share one time') }),
  )
})

test('the last seconds end with the newest row of any product, which is the last of them', () => {
  const side = smallSide({ a: [0, 1, 2, 3, 10] }, { product: ['A', 'A', 'A', 'A', 'B'], seconds: [0, 1, 2, 3, 5] })
  const taken = (seconds: number): number[] => [...takeLastSeconds(side, seconds).columns.a.values]
  expect([taken(1), taken(3), taken(4), taken(99)]).toEqual([[10], [3, 10], [2, 3, 10], [0, 1, 2, 3, 10]])
  expect(takeLastSeconds(side, 3).name).toBe('side, last 3 s')
  expect(() => takeLastSeconds({ ...side, timed: false }, 3)).toThrow(/has no column time/)
})
