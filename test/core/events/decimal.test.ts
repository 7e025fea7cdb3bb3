import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseDecimal } from '../../../src/core/events/decimal.ts'

it('gives what Number gives, bit for bit', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 12 })
  const decimal = fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`)
  const oddity = fc.constantFrom('.', '5.', '.5', '-1', '+1', '1e5', '1.2.3', ' 1', '0x10', 'NaN', 'Infinity', '00.10')
  fc.assert(
    fc.property(fc.oneof(decimal, digits, oddity, fc.double().map(String), fc.string()), text => {
      if (text !== '') expect(parseDecimal(text)).toBe(Number(text))
    }),
    { numRuns: 5000 },
  )
})

it('takes nothing for no number, where Number would say 0', () => {
  expect(parseDecimal('')).toBeNaN()
  expect(parseDecimal(null)).toBeNaN()
})
