import { expect, test } from 'vitest'
import { Wave } from '../../streams/wave.ts'

test('a wave is over when nothing more became due for 7 ms, and after 20 ms at the latest', () => {
  const wave = new Wave(100)
  wave.note(3, 100)
  expect(wave.left(102)).toBe(5)
  wave.note(5, 106)
  expect(wave.left(106)).toBe(7)
  wave.note(5, 110)
  expect(wave.left(110)).toBe(3)
  for (let due = 6; due < 20; due++) wave.note(due, 106 + due)
  expect(wave.left(118)).toBe(2)
  expect(wave.left(121)).toBeLessThan(0)
})
