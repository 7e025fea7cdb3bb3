import { describe, expect, test } from 'vitest'
import {
  decodeSymbol,
  encodeSymbol,
  type SymbolRecord,
  SymbolTable,
} from '../../../../src/core/indicators/windows/symbol_table.ts'

const facts = [
  { valid_from: 100, base_asset: 'BTC', quote_asset: 'USD', category: 'coin' },
  { valid_from: 200, base_asset: 'BTC', quote_asset: 'USD', category: 'store of value' },
]
const record: SymbolRecord = { format: 'spike60-symbol', product: 'BTC-USD', facts }

describe('metadata of products', () => {
  test('is that of the latest time up to the one asked for, unknown before and of others', () => {
    const table = new SymbolTable([record])
    const unknown = { base_asset: 'unknown', quote_asset: 'unknown', category: 'unknown' }
    expect([99, 100, 199, 200, 1e15].map(time => table.at('BTC-USD', time).category)).toEqual([
      ...['unknown', 'coin', 'coin', 'store of value', 'store of value'],
    ])
    expect(table.at('BTC-USD', 100)).toEqual({ base_asset: 'BTC', quote_asset: 'USD', category: 'coin' })
    expect(table.at('ETH-USD', 100)).toEqual(unknown)
    expect([table.knows('BTC-USD', 99), table.knows('BTC-USD', 100), table.knows('ETH-USD', 100)]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('comes back from its record', () => {
    expect(decodeSymbol(encodeSymbol(record))).toEqual(record)
    expect(decodeSymbol(JSON.stringify({ ...record, facts: [] }))).toEqual({ ...record, facts: [] })
  })

  test.each<object>([
    { format: 'other' },
    { product: 1 },
    { facts: null },
    { facts: [null] },
    { facts: [{ ...facts[0], valid_from: 0.5 }] },
    { facts: [{ ...facts[0], base_asset: 1 }] },
    { facts: [{ ...facts[0], quote_asset: null }] },
    { facts: [{ ...facts[0], category: undefined }] },
    { facts: [facts[0], facts[0]] },
    { facts: [facts[1], facts[0]] },
  ])('a record is none with %j', wrong => expect(decodeSymbol(JSON.stringify({ ...record, ...wrong }))).toBeNull())
})
