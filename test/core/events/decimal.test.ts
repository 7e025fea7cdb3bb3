import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseDecimal } from '../../../src/core/events/decimal.ts'
import { eventSchema } from '../../../src/core/events/event_schema.ts'
import { ProductEngine } from '../../../src/core/features/engine.ts'
import { decimal } from '../../../src/market/feeds/reading.ts'
import { quote, settings } from '../../fixtures/events.ts'

it('gives what Number gives of a decimal, bit for bit', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 12 })
  const withDot = fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`)
  const oddity = fc.constantFrom('.', '5.', '.5', '-1', '+1', '1e5', '1.2.3', ' 1', '0x10', 'NaN', 'Infinity', '00.10')
  fc.assert(
    fc.property(fc.oneof(withDot, digits, oddity, fc.double().map(String), fc.string()), text => {
      const isDecimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))
      expect(parseDecimal(text)).toBe(isDecimal ? Number(text) : Number.NaN)
    }),
    { numRuns: 5000 },
  )
})

const noDecimals = [
  '',
  '0x105b7',
  ' 67000 ',
  '67000\n',
  '+1',
  '.5',
  '5.',
  '1_000',
  '1,5',
  '１２',
  'Infinity',
  'NaN',
  '1e999',
  '1'.repeat(400),
]

it.each(noDecimals)('takes %j for no decimal, as a feed, the check of a topic and the engine do', text => {
  expect(parseDecimal(text)).toBeNaN()
  expect(decimal(text)).toBeNull()
  const whole = quote(1, '100', '101')
  expect(eventSchema.safeParse(whole).success).toBe(true)
  expect(eventSchema.safeParse({ ...whole, bid: text }).success).toBe(false)
  const rejected: string[] = []
  const engine = new ProductEngine(whole.product, settings, {
    row: () => {},
    rejected: (_, reason) => rejected.push(reason),
  })
  expect(engine.push({ ...whole, bid: text })).toBe(false)
  expect(rejected).toEqual(['invalid_quote'])
})

it('takes nothing for no number, where Number would say 0', () => {
  expect(parseDecimal(null)).toBeNaN()
})
