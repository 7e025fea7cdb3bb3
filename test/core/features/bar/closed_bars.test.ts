import { expect, test } from 'vitest'
import { ClosedBars } from '../../../../src/core/features/bar/closed_bars.ts'

test('the last 300 seconds are remembered, those without events among them', () => {
  const closed = new ClosedBars()
  const bar = (second: number) => ({ second, has: () => true })
  for (const second of [1000, 1001, 1299]) closed.remember(bar(second))
  const recalled = () => [999, 1000, 1001, 1002, 1299, 1300].filter(second => closed.recall(second)?.second === second)
  expect(recalled()).toEqual([1000, 1001, 1299])
  closed.remember(bar(1300))
  expect(recalled()).toEqual([1001, 1299, 1300])
  closed.remember(bar(1301))
  expect(recalled()).toEqual([1299, 1300])
})
