import { expect, test } from 'vitest'
import { OpenBars } from '../../../../src/core/features/bar/open_bars.ts'

test('a second that is opened is there until it is taken, and may be opened again', () => {
  const bars = new OpenBars()
  for (const second of [7, 5, 7, 9]) expect(bars.open(second)).toBe(bars.get(second))
  expect(bars.first).toBe(5)
  for (const second of [5, 9, 7]) {
    bars.take(bars.get(second)!)
    expect(bars.get(second)).toBeUndefined()
  }
  expect(bars.first).toBe(Number.POSITIVE_INFINITY)
  for (let i = 0; i < 3; i++) {
    const bar = bars.open(9)
    expect([bar.second, bars.first, bars.get(9)]).toEqual([9, 9, bar])
    bars.take(bar)
  }
})
