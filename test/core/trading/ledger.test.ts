import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brokerNames } from '../../../src/core/trading/broker.ts'
import {
  Balances,
  decodeEntry,
  encodeEntry,
  fillEntry,
  type LedgerEntry,
  openingEntry,
} from '../../../src/core/trading/ledger.ts'
import { Portfolio } from '../../../src/core/trading/portfolio.ts'
import { candle } from '../../fixtures/klines.ts'

const inputs = { ma20: 1, ma50: 2, rsi: 60 }

describe('entries', () => {
  test('a portfolio opens with its budget out of the capital', () => {
    const opening = openingEntry('BTC-USD', 60, 10_000)
    expect(opening).toEqual({
      ...{ product: 'BTC-USD', id: 'BTC-USD opening', kind: 'opening', start: 60, fill: null },
      postings: [
        { account: 'capital', unit: 'money', amount: -10_000 },
        { account: 'cash', unit: 'money', amount: 10_000 },
      ],
    })
    expect(decodeEntry(encodeEntry(opening))).toEqual(opening)
  })

  test.each([
    ['fractional', "close of the signal's candle"],
    ['next_open', "open of the candle after the signal's"],
  ] as const)('a fill of %s says all that led to it', (broker, source) => {
    const portfolio = new Portfolio(broker)
    const candles = [candle(0, 100), candle(1, 120, 110), candle(2, 90, 100)]
    const signals = ['BUY', 'SELL', 'HOLD'] as const
    const trades = candles.map(
      (one, i) => portfolio.look(one, { signal: signals[i], reason: `why ${i}` }, inputs).trade,
    )
    const [bought, sold] = trades.filter(trade => trade !== null).map(trade => fillEntry('BTC-USD', trade, 'rule')!)
    const { price, amount, paid, fee } = trades.find(trade => trade !== null)!.fill
    expect(bought).toEqual({
      ...{ product: 'BTC-USD', id: `BTC-USD ${bought.start} BUY`, kind: 'fill' },
      start: broker === 'fractional' ? 0 : 60_000_000,
      postings: [
        { account: 'cash', unit: 'money', amount: -paid },
        { account: 'market', unit: 'money', amount: amount * price },
        { account: 'fees', unit: 'money', amount: fee },
        { account: 'coins', unit: 'coin', amount },
        { account: 'market', unit: 'coin', amount: -amount },
      ],
      fill: {
        ...{ side: 'BUY', amount, price, fee, fee_rate: broker === 'fractional' ? 0 : 0.001, reason: 'why 0' },
        ...{ rule: 'rule', price_source: source, inputs, signal_start: 0 },
      },
    })
    expect(sold.id).toBe(`BTC-USD ${sold.start} SELL`)
    expect(sold.postings.map(({ amount: one }) => Math.sign(one))).toEqual(
      broker === 'fractional' ? [1, -1, 0, -1, 1] : [1, -1, 1, -1, 1],
    )
  })

  test('a fill of nothing gives none, and other JSON is no entry', () => {
    const { trade } = new Portfolio('seed').look(candle(0, 20_000), { signal: 'BUY', reason: '' }, inputs)
    expect(trade!.fill).toMatchObject({ amount: 0, paid: 0, fee: 0 })
    expect(fillEntry('A', trade!, 'rule')).toBeNull()
    for (const text of [
      '',
      '[]',
      '{"product":"A","id":"b"}',
      '{"product":1,"id":"b","postings":[]}',
      '{"product":"A","id":2,"postings":[]}',
    ])
      expect(decodeEntry(text)).toBeNull()
  })
})

describe('balances', () => {
  const entry = (id: string, ...postings: LedgerEntry['postings']): LedgerEntry => ({
    ...{ product: 'A', id, kind: 'fill', start: 0, postings, fill: null },
  })

  test('hold what the postings sum to, nothing where there is none', () => {
    const balances = new Balances()
    balances.add(openingEntry('A', 0, 100))
    balances.add(
      entry('one', { account: 'cash', unit: 'money', amount: -30 }, { account: 'fees', unit: 'money', amount: 30 }),
    )
    expect(['cash money', 'capital money', 'fees money', 'coins coin'].map(account => balances.of(account))).toEqual([
      70, -100, 30, 0,
    ])
    expect(balances.faults).toEqual([])
  })

  test('tell what is wrong: twice, not balanced in its unit, less than nothing', () => {
    const balances = new Balances()
    balances.add(openingEntry('A', 0, 100))
    balances.add(openingEntry('A', 0, 100))
    balances.add(entry('money', { account: 'market', unit: 'money', amount: 1 }))
    balances.add(
      entry('coin', { account: 'market', unit: 'coin', amount: 2 }, { account: 'market', unit: 'money', amount: 0 }),
    )
    balances.add(
      entry(
        'poor',
        { account: 'cash', unit: 'money', amount: -201 },
        { account: 'market', unit: 'money', amount: 201 },
      ),
    )
    balances.add(
      entry('short', { account: 'coins', unit: 'coin', amount: -1 }, { account: 'market', unit: 'coin', amount: 1 }),
    )
    expect(balances.faults).toEqual([
      'A opening: stands twice',
      'money: its postings in money sum to 1, not to 0',
      'coin: its postings in coin sum to 2, not to 0',
      'poor: leaves -1 of cash money',
      'short: leaves -1 of cash money',
      'short: leaves -1 of coins coin',
    ])
  })

  test('a budget that comes out even to the last lot is not passed by what rounding adds', () => {
    const [portfolio, balances] = [new Portfolio('next_open'), new Balances()]
    balances.add(openingEntry('A', 0, 10_000))
    for (const [i, [open, signal]] of (
      [
        [0.01, 'BUY'],
        [0.01, 'SELL'],
        [254.77267509185737, 'BUY'],
        [0.01125469584015328, 'HOLD'],
      ] as const
    ).entries()) {
      const { row, trade } = portfolio.look(candle(i, 0.01, open), { signal, reason: '' }, inputs)
      const entry = trade && fillEntry('A', trade, 'rule')
      if (entry) balances.add(entry)
      expect(row.budget).toBeGreaterThanOrEqual(0)
    }
    expect([balances.of('coins coin') > 2e10, balances.faults]).toEqual([true, []])
  })

  test.each(brokerNames)('of any orders at any prices to %s are its budget and its coins to the bit', broker => {
    const step = fc.record({
      ...{
        open: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
        close: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      },
      signal: fc.constantFrom('BUY' as const, 'SELL' as const, 'HOLD' as const),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const [portfolio, balances] = [new Portfolio(broker), new Balances()]
        balances.add(openingEntry('A', 0, 10_000))
        for (const [i, { open, close, signal }] of steps.entries()) {
          const { row, trade } = portfolio.look(candle(i, close, open), { signal, reason: '' }, inputs)
          const entry = trade && fillEntry('A', trade, 'rule')
          if (entry) balances.add(entry)
          expect(balances.of('cash money')).toBe(row.budget)
          expect(balances.of('coins coin')).toBe(row.crypto)
          expect(row.total_value).toBe(row.budget + row.crypto * close)
          expect(row.budget).toBeGreaterThanOrEqual(0)
        }
        expect(balances.faults).toEqual([])
      }),
    )
  })
})
