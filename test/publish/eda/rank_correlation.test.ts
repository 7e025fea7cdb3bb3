import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rank, rankCorrelation } from '../../../src/publish/eda/rank_correlation.ts'

const series = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 40 })

describe('rank correlation', () => {
  it("gives scipy's value with ties", () => {
    expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 14)
    expect(Array.from(rank(Int32Array.of(3, 1, 3, 2)))).toEqual([3.5, 1, 3.5, 2])
  })

  it('does not change under a rising transform of a side, and turns round under a falling one', () => {
    fc.assert(
      fc.property(series, series, (a, b) => {
        const n = Math.min(a.length, b.length)
        const [x, y] = [a.slice(0, n), b.slice(0, n)]
        const plain = rankCorrelation(x, y)
        expect(rankCorrelation(x.map(Math.exp), y)).toBe(plain)
        const turned = rankCorrelation(
          x.map(value => -value),
          y,
        )
        if (plain === null) expect(turned).toBeNull()
        else expect(turned).toBeCloseTo(-plain, 12)
      }),
    )
  })

  it('leaves out pairs with a NaN and is null where a side does not vary', () => {
    expect(rankCorrelation([1, Number.NaN, 2, 3], [1, 9, 2, Number.NaN])).toBeNull()
    expect(rankCorrelation([1, Number.NaN, 2, 3], [1, 9, 2, 3])).toBeCloseTo(1, 12)
    expect(rankCorrelation([4, 4, 4], [1, 2, 3])).toBeNull()
  })
})
