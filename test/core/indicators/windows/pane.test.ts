import { expect, test } from 'vitest'
import { Pane } from '../../../../src/core/indicators/windows/pane.ts'

const tick = (time: number, id: string, price: number) => ({
  ...{ source: 'trades' as const, product: 'A', time, id, price, units: price * 1e8, size: null },
})

test.each([
  ['numbers', ['9', '10', '11']],
  ['words', ['a', 'b', 'ca']],
  ['far apart', ['1', '2000', '999999']],
])('of ticks of one time the first by id opens, the last closes, in whatever order they come: %s', (_, ids) => {
  const ticks = ids.map((id, i) => tick(5, id, i + 1))
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [1, 2, 0],
  ]) {
    const pane = new Pane()
    for (const i of order) pane.add(ticks[i])
    expect([pane.open, pane.close, pane.high, pane.low, pane.ticks, pane.sized, pane.lastTime]).toEqual([
      1, 3, 3, 1, 3, 0, 5,
    ])
  }
})

test('an earlier time opens and a later one closes, whatever the ids', () => {
  const pane = new Pane()
  for (const one of [tick(5, '5', 10), tick(4, '9', 20), tick(6, '1', 30)]) pane.add(one)
  expect([pane.open, pane.close, pane.lastTime]).toEqual([20, 30, 6])
})
