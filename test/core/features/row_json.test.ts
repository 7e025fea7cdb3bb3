import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeRow, encodeRow } from '../../../src/core/features/row_json.ts'
import { featureNames } from '../../../src/core/features/spec.ts'

it('gives back every number bit for bit, null for NaN', () => {
  const value = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(Number.NaN))
  fc.assert(
    fc.property(fc.array(value, { minLength: featureNames.length, maxLength: featureNames.length }), numbers => {
      const row = decodeRow(encodeRow('BTC-USD', 1_767_571_200_000_000, numbers))
      expect(row?.time).toBe(1_767_571_200_000_000)
      expect(Array.from(row?.values ?? [])).toEqual(numbers.map(x => x + 0))
    }),
  )
})

it('refuses what is not a row of this spec', () => {
  for (const text of ['', '{', 'null', '{}', '{"product":"A","time":1}', '{"product":"A","time":1.5,"mid":1}'])
    expect(decodeRow(text)).toBeNull()
})

it('refuses an infinite number, which JSON can hold and no feature can be', () => {
  const row = encodeRow('A', 1, new Float64Array(featureNames.length).fill(0.5))
  expect(decodeRow(row)).not.toBeNull()
  for (const number of ['1e999', '-1e999']) expect(decodeRow(row.replace(':0.5', `:${number}`))).toBeNull()
})
