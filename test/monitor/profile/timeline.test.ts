import { expect, test } from 'vitest'
import { describeTimeline, holesListed } from '../../../src/monitor/profile/timeline.ts'
import { smallSide } from '../../fixtures/small_side.ts'

const of = (seconds: number[], product?: string[], reset = 900) =>
  describeTimeline(smallSide({ a: seconds }, { seconds, product }), reset)

test('a row stands for its second: one that is missing is a hole of one second', () => {
  expect(of([0, 1, 2])).toMatchObject({ holes: [], products: [{ rows: 3, coverage: 1, holes: 0, repeated: 0 }] })
  expect(of([0, 2, 3])).toMatchObject({ holes: [{ seconds: 1 }], products: [{ coverage: 0.75, holes: 1 }] })
  expect(of([0, 1.9, 3]).holes).toEqual([])
})

test('a hole is named by the rows on both its sides, the longest first', () => {
  const { holes, products } = of([0, 3, 10], ['A', 'A', 'A'])
  expect(holes).toEqual([
    { product: 'A', from: '2023-11-14T22:13:23.000Z', to: '2023-11-14T22:13:30.000Z', seconds: 6, reset: false },
    { product: 'A', from: '2023-11-14T22:13:20.000Z', to: '2023-11-14T22:13:23.000Z', seconds: 2, reset: false },
  ])
  expect(products).toEqual([
    {
      product: 'A',
      rows: 3,
      from: '2023-11-14T22:13:20.000Z',
      to: '2023-11-14T22:13:30.000Z',
      coverage: 3 / 11,
      holes: 2,
      resets: 0,
      repeated: 0,
    },
  ])
})

test('a hole that reaches the reset is one, and one second less is none', () => {
  expect(of([0, 901], undefined, 900).products[0].resets).toBe(1)
  expect(of([0, 900], undefined, 900).products[0].resets).toBe(0)
  expect(of([0, 901], undefined, 900).holes[0].reset).toBe(true)
})

test('repeated times do not count as seconds, and the step between products is no hole', () => {
  const { products, holes } = of([0, 0, 0, 3, 50, 51], ['A', 'A', 'A', 'A', 'B', 'B'])
  expect(products).toMatchObject([
    { product: 'A', rows: 4, repeated: 2, coverage: 0.5, holes: 1 },
    { product: 'B', rows: 2, repeated: 0, coverage: 1, holes: 0 },
  ])
  expect(holes).toHaveLength(1)
})

test('all holes are counted, the longest are listed', () => {
  const seconds = Array.from({ length: holesListed + 3 }, (_, i) => 3 * i)
  const { products, holes } = of([...seconds, 10_000])
  expect(products[0].holes).toBe(holesListed + 3)
  expect(holes).toHaveLength(holesListed)
  expect(holes[0].seconds).toBe(10_000 - seconds.at(-1)! - 1)
})
