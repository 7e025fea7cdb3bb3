import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateLimit } from '../../src/serve/rate_limit.ts'

describe('the limit of requests', () => {
  test('no window of a minute, wherever it begins, lets more than the limit pass; and whoever was refused had used it up', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 50, maxLength: 300 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 20 }), (waits, most) => {
        const limit = new RateLimit(most)
        const passed: number[] = []
        let [now, clients] = [0, 0]
        for (const wait of waits) {
          now += wait
          const { allowed, remaining, resetSeconds } = limit.take('one', now)
          const inWindow = passed.filter(time => time > now - 60_000)
          expect(allowed).toBe(inWindow.length < most)
          if (allowed) passed.push(now)
          else expect(limit.take(`not one ${now} ${clients++}`, now).allowed).toBe(true)
          expect(remaining).toBe(most - inWindow.length - (allowed ? 1 : 0))
          expect(resetSeconds).toBeGreaterThanOrEqual(1)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('100 in the last second of a minute leave none for the first one of the next; after what Retry-After says there is one', () => {
    const limit = new RateLimit(100)
    for (let i = 0; i < 100; i++) expect(limit.take('one', 59_000 + i).allowed).toBe(true)
    const refused = limit.take('one', 60_500)
    expect(refused).toEqual({ allowed: false, limit: 100, remaining: 0, resetSeconds: 59 })
    expect(limit.take('one', 60_500 + 1000 * refused.resetSeconds).allowed).toBe(true)
  })
})
