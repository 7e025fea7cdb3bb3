import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Durations } from '../../src/operations/durations.ts'

test('each bound counts all that took at most so long', () => {
  const seconds = fc.array(fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(0.001, 0.25, 10)))
  fc.assert(
    fc.property(seconds, all => {
      const durations = new Durations()
      for (const one of all) durations.add(one)
      for (const { le, count } of durations.cumulative()) expect(count).toBe(all.filter(one => one <= le).length)
      expect(durations.count).toBe(all.length)
    }),
  )
})
