import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { digestedBytes } from '../../../src/core/features/digest.ts'
import { RowCollector } from '../../../src/core/features/rows.ts'
import { featureNames } from '../../../src/core/features/spec.ts'
import { digestOf } from '../../../src/stores/digest.ts'

it('is the SHA-256 of float64 little-endian in spec order, products in order, one NaN, no minus zero', () => {
  const k = featureNames.length
  const rows = new RowCollector()
  rows.add(
    'ETH-USD',
    1e6,
    Float64Array.from({ length: k }, (_, i) => i / 3),
  )
  rows.add(
    'BTC-USD',
    2e6,
    Float64Array.from({ length: k }, (_, i) => (i % 2 ? Number.NaN : -0)),
  )
  const bytes = Buffer.alloc(16 * k)
  for (let i = 0; i < k; i++) {
    if (i % 2) Buffer.from('000000000000f87f', 'hex').copy(bytes, 8 * i)
    bytes.writeDoubleLE(i / 3, 8 * (k + i))
  }
  expect(digestOf(rows.takeTable())).toBe(createHash('sha256').update(bytes).digest('hex'))
})

it('comes in blocks of 4096 rows, none of them empty', () => {
  for (const [count, blocks] of [
    [0, []],
    [1, [1]],
    [4096, [4096]],
    [4097, [4096, 1]],
  ] as const) {
    const rows = new RowCollector()
    for (let row = 0; row < count; row++) rows.add('BTC-USD', row * 1e6, new Float64Array(featureNames.length))
    const lengths = Array.from(digestedBytes(rows.takeTable()), block => block.length / 8 / featureNames.length)
    expect(lengths).toEqual(blocks)
  }
})
