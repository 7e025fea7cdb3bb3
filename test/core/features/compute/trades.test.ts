import { expect, test } from 'vitest'
import type { MarketEvent } from '../../../../src/core/events/event.ts'
import { clock, quote, rowsOf, trade } from '../../../fixtures/events.ts'

const start = 1_767_571_200
const seconds = 700
/** Steady quotes for 700 s, the mid a bit higher each second. */
const quotes = Array.from({ length: seconds }, (_, i) => quote(start + i + 0.1, 100 + i / 1000, 101 + i / 1000))
const midAt = (i: number): number => 100.5 + i / 1000
const returnAt = (i: number): number => Math.log(midAt(i) / midAt(i - 1))

type Name = 'roll_300s' | 'amihud_300s' | 'kyle_300s' | 'trade_imbalance_60s'
type Deal = [second: number, price: number, size: number, side: 'buy' | 'sell']

/** A feature at the end of second `at`, of deals in seconds. */
function after(at: number, deals: Deal[], name: Name): number {
  const trades = deals.map(([i, price, size, side], id) => trade(start + i + 0.2, id, price, size, side))
  const events: MarketEvent[] = [...quotes, ...trades].toSorted((a, b) => a.time - b.time)
  const table = rowsOf([...events, clock(start + seconds + 60)])
  return table.columns[name][table.time.indexOf((start + at + 1) * 1e6)]
}

test('Roll: null of two changes, a number of three, and 0 where changes go the same way', () => {
  const bounce: Deal[] = [100, 102, 100, 102].map((price, i) => [500 + i, price, 1, 'buy'])
  expect(after(505, bounce.slice(0, 3), 'roll_300s')).toBeNaN()
  // changes 2, -2, 2: both pairs are (2, -2) and (-2, 2), of mean 0 and covariance -4
  expect(after(505, bounce, 'roll_300s')).toBeCloseTo((1e4 * 2 * 2) / midAt(505), 8)
  const rising: Deal[] = [100, 101, 103, 107].map((price, i) => [500 + i, price, 1, 'buy'])
  expect(after(505, rising, 'roll_300s')).toBe(0)
})

test('Amihud: null of no trade, the mean of |r| by what was traded, 300 s back and no further', () => {
  expect(after(505, [], 'amihud_300s')).toBeNaN()
  const one = Math.abs(returnAt(205)) / 200
  const two = Math.abs(returnAt(400)) / 50
  const deals: Deal[] = [
    [205, 100, 2, 'buy'],
    [400, 100, 0.5, 'sell'],
  ]
  expect(after(504, deals, 'amihud_300s')).toBeCloseTo((one + two) / 2, 14)
  expect(after(505, deals, 'amihud_300s')).toBeCloseTo(two, 14)
})

test('Kyle: null of two seconds and where all signed sizes are one, a number of three', () => {
  const deals: Deal[] = [
    [500, 100, 1, 'buy'],
    [501, 100, 2, 'sell'],
    [503, 100, 5, 'buy'],
  ]
  expect(after(505, deals.slice(0, 2), 'kyle_300s')).toBeNaN()
  const sizes = [1, -2, 5]
  const returns = [500, 501, 503].map(returnAt)
  const mean = (list: number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length
  const above = sizes.reduce((sum, x, i) => sum + (x - mean(sizes)) * (returns[i] - mean(returns)), 0)
  const below = sizes.reduce((sum, x) => sum + (x - mean(sizes)) ** 2, 0)
  const found = after(505, deals, 'kyle_300s')
  expect(found / (above / below)).toBeCloseTo(1, 5)
  const same = deals.map(([i, price]): Deal => [i, price, 3, 'sell'])
  expect(after(505, same, 'kyle_300s')).toBeNaN()
})

test('imbalance: bought less sold by both, within 60 s; -1 and 1 of one side, null of nothing', () => {
  const deals: Deal[] = [
    [440, 100, 3, 'buy'],
    [450, 100, 1, 'sell'],
  ]
  expect(after(499, deals, 'trade_imbalance_60s')).toBe(0.5)
  expect(after(500, deals, 'trade_imbalance_60s')).toBe(-1)
  expect(after(510, deals, 'trade_imbalance_60s')).toBeNaN()
  expect(after(445, deals, 'trade_imbalance_60s')).toBe(1)
})
