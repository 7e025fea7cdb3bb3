import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  exactUnits,
  numberOfUnits,
  textOfUnits,
  unitsOfNumber,
  unitsOfText,
} from '../../../../src/core/indicators/windows/decimal_units.ts'
import { ExactProductSum, ExactSum } from '../../../../src/core/indicators/windows/exact_sum.ts'

const digits = (most: number) =>
  fc.array(fc.constantFrom(...'0123456789'), { minLength: 1, maxLength: most }).map(all => all.join(''))
const decimal = fc
  .tuple(
    fc.constantFrom('', '', '', '-'),
    digits(14),
    fc.option(digits(12)),
    fc.option(fc.integer({ min: -20, max: 20 }), { freq: 1 }),
  )
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  )

/** By schoolbook: shift the point as text, look at the digit behind the eighth. */
function slowUnits(text: string): bigint {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e(-?\d+))?$/.exec(text)!
  const padded = `${'0'.repeat(60)}${whole}${fraction}${'0'.repeat(60)}`
  const point = 60 + whole.length + Number(exponent) + 8
  const units = BigInt(padded.slice(0, point)) + (padded[point] >= '5' ? 1n : 0n)
  return sign === '' ? units : -units
}

describe('units of 10^-8', () => {
  test('of a text are its digits to the eighth, rounded a half away from zero', () => {
    fc.assert(
      fc.property(decimal, text => {
        expect(BigInt(unitsOfText(text)!)).toBe(slowUnits(text))
      }),
      { numRuns: 2000 },
    )
    for (const [text, units] of [
      ...([
        ['0', 0],
        ['9', 9e8],
        ['0.00000001', 1],
        ['0.000000015', 2],
        ['0.000000014', 1],
        ['-0.000000015', -2],
      ] as const),
      ...([
        ['00000045035996.27', 4_503_599_627_000_000],
        ['45035996.27370495', 4_503_599_627_370_495],
      ] as const),
      ...([
        ['45035996.27370496', 4_503_599_627_370_496n],
        ['1e2', 1e10],
        ['1E+2', 1e10],
        ['1e-9', 0],
        ['5e-9', 1],
      ] as const),
    ])
      expect([text, unitsOfText(text)]).toEqual([text, units])
  })

  test('of what is no decimal there are none', () => {
    for (const text of [
      '',
      '.',
      '1.',
      '.5',
      '1.2.3',
      '1,5',
      ' 1',
      '1 ',
      '+1',
      '0x1',
      'NaN',
      '1e',
      '1e400',
      '1:',
      '1/',
      '--1',
    ])
      expect([text, unitsOfText(text)]).toEqual([text, null])
  })

  test('of a number are those of the decimal that it is written as', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), value => {
        expect(BigInt(unitsOfNumber(value)!)).toBe(BigInt(unitsOfText(String(value))!))
      }),
      { numRuns: 2000 },
    )
    expect([Number.NaN, Number.POSITIVE_INFINITY].map(unitsOfNumber)).toEqual([null, null])
    expect(unitsOfNumber(11258999.06842623)).toBe(1_125_899_906_842_623)
  })

  test('are written with all their digits, and give the double next to the decimal', () => {
    expect(textOfUnits(5n, 8)).toBe('0.00000005')
    expect(textOfUnits(-123456789n, 8)).toBe('-1.23456789')
    expect(textOfUnits(1000000000n, 8)).toBe('10.00000000')
    expect(numberOfUnits(25_000_000)).toBe(0.25)
    expect(numberOfUnits(-9_007_199_254_740_993_00000000n)).toBe(-9007199254740992)
  })
})

describe('exact sums', () => {
  const units = fc.oneof(
    fc.integer({ min: 0, max: exactUnits - 1 }),
    fc.constantFrom(exactUnits - 1, 0x400_0000, 0x3ff_ffff, 0),
    fc.bigInt({ min: BigInt(exactUnits), max: 10n ** 30n }),
  )

  test('of units and of their products are those of whole numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(units, units), { maxLength: 60 }), pairs => {
        const [sum, products] = [new ExactSum(), new ExactProductSum()]
        for (const [a, b] of pairs) {
          sum.add(a)
          products.add(a, b)
        }
        expect(sum.value).toBe(pairs.reduce((all, [a]) => all + BigInt(a), 0n))
        expect(products.value).toBe(pairs.reduce((all, [a, b]) => all + BigInt(a) * BigInt(b), 0n))
      }),
    )
  })
})
