import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { cos, exp, log, log1p, logAbove, sin } from '../../../src/core/math/numeric.ts'
import { seededRandom } from '../../../src/core/math/random.ts'

const random = seededRandom(1)
const between = (low: number, high: number): number => low + (high - low) * random()
/** Each function with arguments from where it is used and up to where it ends. */
const cases: [name: string, own: (x: number) => number, engine: (x: number) => number, x: () => number][] = [
  ['log of a ratio of prices', log, Math.log, () => between(0.9999, 1.0001)],
  ['log', log, Math.log, () => 2 ** between(-1074, 1023.9)],
  ['exp', exp, Math.exp, () => between(-4, 4)],
  ['exp to its ends', exp, Math.exp, () => between(-746, 710)],
  ['log1p', log1p, Math.log1p, () => 2 ** -between(0, 80)],
  ['sin', sin, Math.sin, () => between(0, 2 * Math.PI)],
  ['cos', cos, Math.cos, () => between(0, 2 * Math.PI)],
  ['sin far out', sin, Math.sin, () => between(-1.59e6, 1.59e6)],
  ['cos near its zeros', cos, Math.cos, () => (Math.floor(between(-5e5, 5e5)) + 0.5) * Math.PI],
]

/** Units in the last place between two numbers. */
function ulpBetween(a: number, b: number): number {
  const [first, second] = new BigInt64Array(Float64Array.of(a, b).buffer)
  return Math.abs(Number(first - second))
}

test.each(cases)('%s lies within 2 units in the last place of what this engine says', (_, own, engine, x) => {
  for (let i = 0; i < 20_000; i++) {
    const argument = x()
    const distance = ulpBetween(own(argument), engine(argument))
    if (distance > 2) expect({ argument, distance }).toBe('nearer')
  }
})

test('the true values, rounded from 60 digits', () => {
  expect([5, 7, 0.3, 1 + 2 ** -52, 5e-324, 2.2250738585072014e-308].map(log)).toEqual([
    1.6094379124341003, 1.9459101490553132, -1.2039728043259361, 2.2204460492503128e-16, -744.4400719213812,
    -708.3964185322641,
  ])
  expect([-1, 0.5, 10, -700, 709.782712893384].map(exp)).toEqual([
    0.36787944117144233, 1.6487212707001282, 22026.465794806718, 9.85967654375977e-305, 1.7976931348622732e308,
  ])
  expect([0.5, 1, 3, 1e6].map(sin)).toEqual([
    0.479425538604203, 0.8414709848078965, 0.1411200080598672, -0.34999350217129294,
  ])
  expect([0.5, 1, 3, 1e6].map(cos)).toEqual([
    0.8775825618903728, 0.5403023058681398, -0.9899924966004454, 0.9367521275331447,
  ])
})

test('the ends of what is defined', () => {
  expect([0, -1, -0.5, Number.POSITIVE_INFINITY, Number.NaN].map(log)).toEqual([-Infinity, NaN, NaN, Infinity, NaN])
  expect([-1000, 1000, -Infinity, Infinity, Number.NaN].map(exp)).toEqual([0, Infinity, 0, Infinity, NaN])
  expect([0, 1e-300, -1].map(log1p)).toEqual([0, 1e-300, -Infinity])
  expect([Infinity, 1e7, Number.NaN].map(sin)).toEqual([NaN, NaN, NaN])
  expect([0, Infinity].map(cos)).toEqual([1, NaN])
  expect([logAbove(1e-9, 1e-7), logAbove(Number.NaN, 1e-7)]).toEqual([log(1e-7), NaN])
})

test('the same bits in every engine, for ever', () => {
  const draw = seededRandom(2)
  const values = Float64Array.from({ length: 50_000 }, (_, i) => {
    const u = draw()
    return [log(u), log(1 + u / 1e4), exp(40 * (u - 0.5)), sin(7 * u), cos(7 * u), log1p(u)][i % 6]
  })
  expect(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex').slice(0, 16)).toBe('8641bd9d173c5a71')
})
