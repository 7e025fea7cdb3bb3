import { expect, test } from 'vitest'
import type { MarketEvent, Quote } from '../../../src/core/events/event.ts'
import { MergedProduct, newMerged } from '../../../src/market/decode/merged_product.ts'

/** A quote whose bid is `bid`, sent at so many milliseconds. */
const quote = (ms: number, bid: string): MarketEvent => ({
  ...{
    type: 'quote',
    feed: 'f',
    product: 'P',
    time: ms * 1000,
    received_at: null,
    connection: 'c',
    sequence: ms,
    index: 0,
  },
  ...{ bid, ask: '9', bid_size: null, ask_size: null, last: null },
})

/** One product whose primary speaks. */
function merged() {
  const product = new MergedProduct(newMerged('standby', 0), () => true)
  const take = (role: 'primary' | 'standby', ms: number, bid: string): string[] => {
    const event = quote(ms, bid)
    product.take(role, event, event.time)
    return product.due(0).map(one => (one.type === 'quote' ? `${one.bid}${one.time / 1000}` : one.type))
  }
  return { product, take }
}

test('what the primary brings is given out, and its last eight quotes are known', () => {
  const { product, take } = merged()
  for (let i = 0; i < 10; i++) expect(take('primary', 1000 + i, 'A')).toEqual([`A${1000 + i}`])
  expect(product.state.given.map(({ at }) => at / 1000)).toEqual([1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009])
  expect([product.state.head, product.state.last]).toEqual([1009e3, 1009e3])
})

test('a standby whose place could be chance waits until more is known, or a quarter of a second has passed', () => {
  const { product, take } = merged()
  for (const ms of [1000, 1100]) take('primary', ms, 'A')
  for (const ms of [1050, 1150]) expect(take('standby', ms, 'A')).toEqual([])
  product.end('primary', 'close')
  expect(product.due(0)).toEqual([])
  expect(product.state.active).toBe('standby')
  expect(take('standby', 1250, 'B')).toEqual([])
  expect(take('standby', 1350, 'C')).toEqual([])
  expect(take('standby', 1351, 'D')).toEqual(['B1250', 'C1350', 'D1351'])
  expect(take('standby', 1400, 'E')).toEqual(['E1400'])
})

test('a standby whose place is sure goes on at once, and without a gap', () => {
  const { product, take } = merged()
  for (const [i, bid] of ['A', 'B', 'C'].entries()) take('primary', 1000 + 100 * i, bid)
  for (const [i, bid] of ['A', 'B', 'C', 'D'].entries()) expect(take('standby', 1007 + 100 * i, bid)).toEqual([])
  product.end('primary', 'close')
  expect(product.due(0).map(({ time }) => time / 1000)).toEqual([1307])
})

test('what the other connection brought as well waits for as long as is asked, and no longer', () => {
  const { product } = merged()
  for (const role of ['primary', 'standby'] as const)
    for (const ms of [1000, 1100]) product.take(role, quote(ms, 'A'), 1000 * ms)
  expect([product.due(250_000).length, product.waiting]).toEqual([2, 2])
  expect([product.due(100_000).length, product.waiting]).toEqual([0, 1])
  expect([product.due(0).length, product.waiting]).toEqual([0, 0])
})

test('a gap that ends where the events given out end is no reason to leave a connection, one that ends later is', () => {
  for (const [to, active] of [
    [1100, 'primary'],
    [1101, 'standby'],
  ] as const) {
    const { product, take } = merged()
    take('standby', 1000, 'A')
    for (const ms of [1000, 1100]) take('primary', ms, 'A')
    const { bid, ask, bid_size, ask_size, last, ...common } = quote(to, 'A') as Quote
    const lost = { from: 1050e3, to: 1000 * to, missing: 1, reason: 'sequence' } as const
    product.take('primary', { ...common, ...lost, type: 'gap' }, null)
    expect(product.due(0)).toEqual([])
    expect(product.state.active).toBe(active)
  }
})
