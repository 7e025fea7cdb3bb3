import { expect, test } from 'vitest'
import { DueTogether } from '../../../src/jobs/partitions/due_together.ts'

test('what is due together is over when nothing more became due for 4 ms, and after 20 ms at the latest', () => {
  const due = new DueTogether(100)
  expect(due.note(3, 100)).toBe(true)
  expect(due.msLeft(102)).toBe(2)
  expect(due.note(5, 103)).toBe(true)
  expect(due.msLeft(103)).toBe(4)
  expect(due.note(5, 105)).toBe(false)
  expect(due.msLeft(105)).toBe(2)
  for (let records = 6; records <= 18; records++) due.note(records, 100 + records)
  expect(due.msLeft(118)).toBe(2)
  expect(due.msLeft(121)).toBeLessThan(0)
})
