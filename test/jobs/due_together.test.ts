import { expect, test } from 'vitest'
import { Wave } from '../../src/jobs/due_together.ts'

test('a wave is over when nothing more became due for 4 ms, and after 20 ms at the latest', () => {
  const wave = new Wave(100)
  expect(wave.note(3, 100)).toBe(true)
  expect(wave.left(102)).toBe(2)
  expect(wave.note(5, 103)).toBe(true)
  expect(wave.left(103)).toBe(4)
  expect(wave.note(5, 105)).toBe(false)
  expect(wave.left(105)).toBe(2)
  for (let due = 6; due <= 18; due++) wave.note(due, 100 + due)
  expect(wave.left(118)).toBe(2)
  expect(wave.left(121)).toBeLessThan(0)
})
