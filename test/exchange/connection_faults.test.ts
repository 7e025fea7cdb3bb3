import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scheduleFaults } from '../../src/exchange/connection_faults.ts'

const from = 1_767_571_200_000_000

test('faults come in time order inside the market, drops end before the next begins, some of each manner', () => {
  const manners = new Set<string>()
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 3, max: 48 }), (seed, hours) => {
      const faults = scheduleFaults(seed, from, hours)
      expect(faults).toEqual(scheduleFaults(seed, from, hours))
      const drops = faults.filter(fault => fault.kind === 'drop')
      expect(drops.length).toBeGreaterThanOrEqual(hours - 1)
      expect(faults.length - drops.length).toBeGreaterThan(3 * hours)
      for (const [i, fault] of faults.entries()) {
        expect(fault.at).toBeGreaterThan(i === 0 ? from : faults[i - 1].at)
        expect(fault.at).toBeLessThan(from + hours * 3_600_000_000)
      }
      for (const [i, { at, until, manner }] of drops.entries()) {
        expect(until - at).toBeGreaterThanOrEqual(3_000_000)
        expect(until).toBeLessThan(drops[i + 1]?.at ?? Number.POSITIVE_INFINITY)
        manners.add(manner)
      }
    }),
    { numRuns: 50 },
  )
  expect(manners).toEqual(new Set(['close', 'abrupt']))
})
