import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Maximum } from '../../../../src/core/features/window/maximum.ts'
import { Moments } from '../../../../src/core/features/window/moments.ts'
import { foldAgain } from '../../../../src/core/features/window/panes.ts'
import { WeightedSum } from '../../../../src/core/features/window/weighted_sum.ts'

const pane = 4
const windows = [4, 5, 8, 11]
const value = fc.oneof({ weight: 2, arbitrary: fc.constant(Number.NaN) }, fc.integer({ min: -9, max: 9 }))
/** Seconds one after the other; a session may begin with one, and one may come first as another that is taken back. */
const seconds = fc.array(
  fc.record({ value, begins: fc.nat(15).map(n => n === 0), instead: fc.option(value, { freq: 4 }) }),
  { minLength: 1, maxLength: 40, size: 'max' },
)

function expectNear(found: number, expected: number): void {
  if (Number.isNaN(expected)) expect(found).toBeNaN()
  else expect(Math.abs(found - expected)).toBeLessThan(1e-9)
}

test('every fold over any window is what the values of its seconds give, wherever panes and sessions begin', () => {
  fc.assert(
    fc.property(seconds, fc.nat(5), (given, offset) => {
      const column = new Float64Array(given.length)
      const known = new Float64Array(given.length)
      const moments = new Moments(column, windows, pane)
      const maximum = new Maximum(column, windows, pane)
      const sum = new WeightedSum(
        known,
        Float64Array.from({ length: pane }, (_, age) => 0.5 ** age),
      )
      const folds = [moments, maximum, sum]
      let start = 0
      const put = (at: number, value: number): void => {
        column[at] = value
        known[at] = Number.isNaN(value) ? 0 : value
        for (const fold of folds) fold.extend({ at, start, time: 1200 + offset + at })
      }
      const check = (at: number): void => {
        const window = { at, start, time: 1200 + offset + at }
        moments.over(window)
        maximum.over(window)
        for (const [w, length] of windows.entries()) {
          const all = Array.from(column.slice(Math.max(start, at - length + 1), at + 1)).filter(x => !Number.isNaN(x))
          const n = all.length
          const mean = all.reduce((total, x) => total + x, 0) / n
          const squares = all.reduce((total, x) => total + (x - mean) ** 2, 0)
          expectNear(moments.mean[w], mean)
          expectNear(moments.std[w], n >= 2 ? Math.sqrt(squares / (n - 1)) : Number.NaN)
          expectNear(maximum.value[w], n > 0 ? Math.max(...all) : Number.NaN)
        }
        let weighted = 0
        for (let age = 0; age < pane && at - age >= start; age++) weighted += 0.5 ** age * known[at - age]
        expectNear(sum.over(window), weighted)
      }
      for (const [at, { value, begins, instead }] of given.entries()) {
        if (begins) start = at
        if (instead !== null && at > start) {
          put(at, instead)
          for (const fold of folds) foldAgain(fold, { at: at - 1, start, time: 1200 + offset + at - 1 })
          check(at - 1)
        }
        put(at, value)
        check(at)
      }
    }),
    { numRuns: 60 },
  )
})
