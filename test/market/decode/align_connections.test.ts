import { expect, test } from 'vitest'
import { findLastGiven, type QuoteSample } from '../../../src/market/decode/align_connections.ts'

/** Contents by letters, at these milliseconds. */
const samples = (letters: string, ...ms: number[]): QuoteSample[] =>
  ms.map((at, i) => ({ at: 1000 * at, content: letters[i] }))

test('the same quote at the same time is the place, whatever else is equal', () => {
  const other = samples('AABA', 10, 20, 30, 40)
  expect(findLastGiven(samples('AA', 10, 20), other, true)).toBe(1)
  expect(findLastGiven(samples('A', 15), other, true)).toBe(-1)
})

test('unequal clocks: three equal quotes in a row tell the place for sure', () => {
  const given = samples('ABCAB', 0, 50, 90, 140, 160)
  const other = samples('ABCABC', 7, 58, 97, 148, 166, 190)
  expect(findLastGiven(given, other, true)).toBe(4)
  expect(findLastGiven(given.slice(0, 4), other, true)).toBe(3)
  expect(findLastGiven(given.slice(0, 2), other, true)).toBe(-1)
})

test('a flat market, or quotes at other distances, are not sure; where it must be told, the likeliest place is', () => {
  const flat = samples('AAAA', 0, 30, 60, 90)
  const behind = samples('AAA', 5, 35, 65)
  expect(findLastGiven(flat, behind, true)).toBe(-1)
  expect(findLastGiven(flat, behind, false)).toBe(2)
  const other = samples('BABA', 0, 100, 130, 200)
  expect(findLastGiven(samples('BABA', 10, 20, 135, 145), other, true)).toBe(-1)
  expect(findLastGiven(samples('BABA', 10, 20, 135, 145), other, false)).toBe(3)
})

test('what is more than a quarter of a second away is another quote', () => {
  expect(findLastGiven(samples('AB', 0, 10), samples('AB', 300, 310), false)).toBe(-1)
  expect(findLastGiven([], samples('A', 0), false)).toBe(-1)
})

test('at each limit exactly: a quarter of a second between clocks, 20 ms between two differences, three quotes in a row', () => {
  const given = samples('ABC', 0, 50, 100)
  expect(findLastGiven(given, samples('C', 350), false)).toBe(0)
  expect(findLastGiven(given, samples('C', 350.001), false)).toBe(-1)
  expect(findLastGiven(given, samples('C', -150), false)).toBe(0)
  expect(findLastGiven(given, samples('ABC', -10, 80, 110), true)).toBe(2)
  expect(findLastGiven(given, samples('ABC', -10.001, 80, 110), true)).toBe(-1)
  expect(findLastGiven(given, samples('ABC', -10, 80.001, 110), true)).toBe(-1)
  expect(findLastGiven(given.slice(1), samples('ABC', 5, 55, 105), true)).toBe(-1)
  expect(findLastGiven(given, samples('BC', 55, 105), true)).toBe(-1)
})

test('of several places the one with most equal quotes before it, then the nearest in time', () => {
  const given = samples('ABC', 0, 50, 100)
  expect(findLastGiven(given, samples('ABCXC', 40, 90, 140, 150, 160), false)).toBe(2)
  expect(findLastGiven(given, samples('XCYC', 90, 120, 130, 170), false)).toBe(1)
  expect(findLastGiven(given, samples('XCYC', 20, 30, 120, 130), false)).toBe(3)
  expect(findLastGiven(given, samples('ABCABC', 10, 60, 110, 120, 170, 220), false)).toBe(2)
  // Of two equally near ones the later.
  expect(findLastGiven(given, samples('XCYC', 80, 90, 95, 110), false)).toBe(3)
})

test('equal quotes in a row are flat only where all of them are equal', () => {
  const given = samples('BAA', 0, 50, 100)
  expect(findLastGiven(given, samples('BAA', 10, 60, 110), true)).toBe(2)
  expect(findLastGiven(samples('AAA', 0, 50, 100), samples('AAA', 10, 60, 110), true)).toBe(-1)
  expect(findLastGiven(samples('ABA', 0, 50, 100), samples('ABA', 10, 60, 110), true)).toBe(2)
})
