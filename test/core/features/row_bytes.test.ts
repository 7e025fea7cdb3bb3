import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeRowRecord, encodeRowBytes, rowText } from '../../../src/core/features/row_bytes.ts'
import { decodeRow, encodeRow } from '../../../src/core/features/row_json.ts'
import { featureNames } from '../../../src/core/features/spec.ts'

const time = 1_767_571_200_000_000
const value = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(Number.NaN))
const row = fc.array(value, { minLength: featureNames.length, maxLength: featureNames.length })
const product = fc.constantFrom('BTC-USD', 'BRK.B', 'é')

it('is read as what stood in it, bit for bit, as its JSON is', () => {
  fc.assert(
    fc.property(product, row, (name, numbers) => {
      const bytes = encodeRowBytes(name, time, numbers)
      const found = decodeRowRecord(bytes)!
      expect([found.product, found.time]).toEqual([name, time])
      expect(Array.from(found.values)).toEqual(numbers)
      const text = encodeRow(name, time, numbers)
      expect(decodeRowRecord(new TextEncoder().encode(text))).toEqual(decodeRow(text))
      expect(rowText(bytes)).toBe(text)
    }),
  )
})

it('is a quarter of its JSON', () => {
  const numbers = featureNames.map((_, i) => Math.sin(i) / 7)
  const bytes = encodeRowBytes('BTC-USD', time, numbers)
  expect(bytes.length).toBe(6 + 7 + 8 * (featureNames.length + 1))
  expect(bytes.length / encodeRow('BTC-USD', time, numbers).length).toBeLessThan(0.27)
})

it('refuses what was cut, lengthened, of another version or other features, infinite, or no time', () => {
  const bytes = encodeRowBytes('A', 1, new Float64Array(featureNames.length))
  expect(decodeRowRecord(bytes)).not.toBeNull()
  for (let length = 0; length < bytes.length; length++) expect(decodeRowRecord(bytes.subarray(0, length))).toBeNull()
  expect(decodeRowRecord(new Uint8Array([...bytes, 0]))).toBeNull()
  for (const place of [0, 1, 4, 5]) {
    const other = bytes.slice()
    other[place] ^= 2
    expect([place, decodeRowRecord(other)]).toEqual([place, null])
  }
  const infinite = new Float64Array(featureNames.length)
  infinite[3] = Number.NEGATIVE_INFINITY
  expect(decodeRowRecord(encodeRowBytes('A', 1, infinite))).toBeNull()
  expect(decodeRowRecord(encodeRowBytes('A', 1.5, new Float64Array(featureNames.length)))).toBeNull()
})

it('any bytes are a row or none', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 900 }), bytes => void decodeRowRecord(bytes)))
})
