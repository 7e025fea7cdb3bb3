import { describe, expect, test } from 'vitest'
import { badTickReasons, tickOf } from '../../../../src/core/indicators/windows/tick.ts'

const good = { type: 'trade', product: 'BTC-USD', time: 1e6, id: '1', price: '67000.5', size: '0.1' }
/** A value that is wrong for each reason but the first, which is what never was JSON. */
const wrong = {
  no_product: { product: '' },
  bad_time: { time: 'noon' },
  bad_price: { price: '-1' },
  bad_size: { size: '0' },
}

describe('what is no trade', () => {
  const reasons = badTickReasons.slice(1) as (keyof typeof wrong)[]

  test('is told by the first of the reasons that holds', () => {
    for (const [i, reason] of reasons.entries()) {
      const faults = Object.assign({}, ...reasons.slice(i).map(later => wrong[later]))
      expect(tickOf({ ...good, ...faults })).toBe(reason)
      expect(tickOf({ ...good, ...wrong[reason] })).toBe(reason)
    }
  })

  test.each<[string, object | null, string]>([
    ['no object', null, 'no_product'],
    ['a list', [1, 2], 'no_product'],
    ['a product that is a number', { ...good, product: 7 }, 'no_product'],
    ['half a microsecond', { ...good, time: 0.5 }, 'bad_time'],
    ['a price that is missing', { ...good, price: undefined }, 'bad_price'],
    ['a price in words', { ...good, price: 'much' }, 'bad_price'],
    ['a price of 0', { ...good, price: 0 }, 'bad_price'],
    ['a price without end', { ...good, price: Number.POSITIVE_INFINITY }, 'bad_price'],
    ['a size below 0', { ...good, size: '-0.1' }, 'bad_size'],
    ['a size that is a list', { ...good, size: [1] }, 'bad_size'],
  ])('%s', (_, event, reason) => {
    expect(tickOf(event)).toBe(reason)
  })

  test('what is no market of a product is nothing, a candle and a quote without a last price are their time', () => {
    for (const type of ['gap', 'news', 'other', undefined]) expect(tickOf({ ...good, type })).toBeNull()
    const clock = { source: 'clock', product: 'BTC-USD', time: 1e6 }
    for (const type of ['clock', 'candle', 'quote']) expect(tickOf({ ...good, type })).toEqual(clock)
    const quote = { ...good, type: 'quote', last: '5', connection: 'c', sequence: 7, index: 1 }
    expect(tickOf(quote)).toMatchObject({ source: 'ticker', id: 'c 7 1', price: 5, size: null })
  })

  test('a size may be missing, and numbers may stand for texts', () => {
    expect(tickOf({ ...good, size: undefined })).toMatchObject({ price: 67000.5, size: null })
    expect(tickOf({ ...good, price: '0.123456789' })).toMatchObject({ price: 0.123456789, units: 12_345_679 })
    expect(tickOf({ ...good, price: 67000.5, size: 0.1 })).toMatchObject({ price: 67000.5, size: 10_000_000 })
  })
})

test('an id, or a place, that is an object with a toString of its own is a name like any other', () => {
  const odd = { toString: 1, valueOf: 2 }
  const time = 1_700_000_000_000_000
  const trade = { type: 'trade', product: 'BTC-USD', time, price: '1', size: '1', id: odd }
  const quote = { type: 'quote', product: 'BTC-USD', time, last: '1', connection: odd, sequence: odd, index: odd }
  const text = JSON.stringify(odd)
  expect(tickOf(trade)).toMatchObject({ id: text })
  expect(tickOf(quote)).toMatchObject({ id: [text, text, text].join(' ') })
})
