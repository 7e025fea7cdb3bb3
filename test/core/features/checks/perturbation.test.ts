import { expect, it } from 'vitest'
import { type ComputeRows, checkPerturbation, engineRows } from '../../../../src/core/features/checks/perturbation.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { type MarketShape, randomMarket, settings } from '../../../fixtures/events.ts'

const shape: MarketShape = {
  seed: 3,
  start: 1_767_571_000,
  events: 3000,
  meanStep: 0.4,
  price: 100,
  roughness: 1e-4,
  holes: 0.002,
  sizes: true,
}

it('passes on the engine as it is, over many rows', () => {
  const verdict = checkPerturbation(randomMarket(shape), engineRows(settings), seededRandom(1))
  expect(verdict).toMatchObject({ verdict: 'passed', detail: '' })
  expect(verdict.rows).toBeGreaterThan(1000)
})

it('catches a feature that looks one second ahead', () => {
  const leaking: ComputeRows = events => {
    const rows = engineRows(settings)(events)
    return new Map(
      [...rows].map(([key, values]) => {
        const [product, time] = key.split(' ')
        const next = rows.get(`${product} ${Number(time) + 1e6}`)
        return [key, Float64Array.of(...values.slice(1), next?.[0] ?? Number.NaN)]
      }),
    )
  }
  const verdict = checkPerturbation(randomMarket(shape), leaking, seededRandom(1))
  expect(verdict.verdict).toBe('failed')
  expect(verdict.detail).toMatch(/^row BTC-USD \d+ moved when the events from \d+ on were removed$/)
})
