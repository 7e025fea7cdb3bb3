import { expect, test } from 'vitest'
import { TimedValues } from '../../../src/core/indicators/timed_values.ts'

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

test('values of a stretch of time: what is forgotten is told, the rest stays, over thousands of them', () => {
  const timed = new TimedValues()
  let held: [time: number, value: number][] = []
  for (let i = 0; i < 6000; i++) {
    timed.push(i, 2 * i)
    held.push([i, 2 * i])
    if (i % 700 !== 699) continue
    const until = i - 300 - (i % 3)
    const told: number[] = []
    const gone = held.filter(([time]) => time <= until)
    held = held.filter(([time]) => time > until)
    expect(timed.forget(until, value => told.push(value))).toBe(gone.at(-1)![1])
    expect(told).toEqual(gone.map(([, value]) => value))
    expect(timed.forget(until)).toBeNull()
    const values = held.map(([, value]) => value)
    expect([timed.length, timed.sum(), timed.latest()]).toEqual([held.length, sum(values), values])
    const again = new TimedValues()
    again.restore(timed.state())
    expect(again.latest()).toEqual(values)
  }
  timed.clear()
  expect([timed.length, timed.sum()]).toEqual([0, 0])
})
