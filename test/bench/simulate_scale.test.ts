import fc from 'fast-check'
import { expect, it } from 'vitest'
import { simulateScale } from '../../bench/simulate_scale.ts'

const costs = {
  publish_us: 14,
  event_us: 5,
  broker_us: 5,
  row_us: 55,
  event_bytes: 250,
  row_bytes: 2400,
  product_mb: 1,
}
const even = { products: 1000, events_per_s: 20_000, skew: 0, utilisation: 0.5 }

it('a thousand products of 20 events a second take what their sums say', () => {
  const scale = simulateScale(even, costs)
  expect(scale.cores).toBeCloseTo((20_000 * (14 + 5 + 5) + 1000 * 55) / 1e6, 3)
  expect([scale.state_gb, scale.raw_mb_per_s, scale.rows_mb_per_s]).toEqual([1, 5, 2.4])
})

it('every partition fits in its share of a core, or one product alone does not, or keys fall badly', () => {
  const load = fc.record({
    products: fc.integer({ min: 1, max: 5000 }),
    events_per_s: fc.integer({ min: 1, max: 1_000_000 }),
    skew: fc.constantFrom(0, 0.8, 1.5),
    utilisation: fc.constantFrom(0.3, 0.5, 0.8),
  })
  fc.assert(
    fc.property(load, given => {
      const scale = simulateScale(given, costs)
      expect(scale.busiest_partition).toBeGreaterThanOrEqual(0.99 * scale.busiest_product)
      const least = Math.ceil((given.events_per_s * 5 + given.products * 55) / 1e6 / given.utilisation - 1e-9)
      const most = Math.min(given.products, 4 * Math.max(1, least))
      if (scale.partitions < most) expect(scale.busiest_partition).toBeLessThanOrEqual(1.01 * given.utilisation)
      expect(scale.partitions).toBeGreaterThanOrEqual(Math.min(least, given.products))
    }),
    { numRuns: 60 },
  )
})

it('one product that is hotter than a core stands out, however many partitions there are', () => {
  const scale = simulateScale({ products: 200, events_per_s: 1_000_000, skew: 3, utilisation: 0.5 }, costs)
  expect(scale.busiest_product).toBeGreaterThan(1)
  expect(scale.busiest_partition).toBeGreaterThanOrEqual(scale.busiest_product)
})
