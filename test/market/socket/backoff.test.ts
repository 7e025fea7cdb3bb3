import { expect, test } from 'vitest'
import { createBackoff, patientBackoff } from '../../../src/market/socket/backoff.ts'

test('waits double from one second to thirty, and a healthy minute begins anew', () => {
  const backoff = createBackoff(patientBackoff, () => 1)
  const waits = Array.from({ length: 7 }, () => backoff.next())
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  backoff.lived(59_999)
  expect(backoff.next()).toBe(30_000)
  backoff.lived(60_000)
  expect(backoff.next()).toBe(1000)
})

test('jitter takes away at most half', () => {
  expect(createBackoff(patientBackoff, () => 0).next()).toBe(500)
  expect(createBackoff(patientBackoff, () => 0.5).next()).toBe(750)
})

test('failures without end stay at the limit', () => {
  const backoff = createBackoff(patientBackoff, () => 1)
  for (let i = 0; i < 5000; i++) backoff.next()
  expect(backoff.next()).toBe(30_000)
})
