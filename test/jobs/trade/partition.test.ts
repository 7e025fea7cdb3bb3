import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { type CandleValues, candleAt } from '../../../src/core/events/candle_values.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { encodePrediction } from '../../../src/core/models/artifact/prediction_json.ts'
import { Balances, decodeEntry, type LedgerEntry } from '../../../src/core/trading/ledger.ts'
import { decodeSignal, type SignalRecord } from '../../../src/core/trading/signal_json.ts'
import { SpikeRanks } from '../../../src/core/trading/spike_ranks.ts'
import { TradePartition } from '../../../src/jobs/trade/partition.ts'
import { signalRows } from '../../../src/jobs/trade/signals.ts'
import { closedCandles } from '../../../src/market/klines/closed_candles.ts'
import { minute } from '../../../src/market/klines/kline.ts'
import { readKlines } from '../../../src/market/klines/kline_rows.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { candle, candleEvent, syntheticKlines, walkingCandles } from '../../fixtures/klines.ts'

const { trading } = readConfig()
const synthetic = closedCandles(readKlines(syntheticKlines).filter(kline => kline !== null))
const syntheticCandles = Array.from({ length: synthetic.table.rows }, (_, i) => candleAt(synthetic.table, i))

/** What a partition makes of candles, by topic. */
function tradesOf(candles: CandleValues[], settings = trading) {
  const work = new TradePartition(settings, { signals: 'signals', ledger: 'ledger' })
  candles.forEach((one, offset) => {
    const value = Buffer.from(encodeEvent(candleEvent('BTC-USDT', one)))
    work.take({ topic: 'raw', partition: 0, offset, key: 'BTC-USDT', value }, false)
  })
  const texts = (topic: string): string[] =>
    work.due.filter(record => record.topic === topic).map(({ value }) => `${value}`)
  return {
    counts: work.counts,
    signals: texts('signals').map(decodeSignal) as SignalRecord[],
    ledger: texts('ledger').map(decodeEntry) as LedgerEntry[],
    dead: texts('raw.dlq').map(text => decodeDeadLetter(text).reason),
  }
}

describe('signals of a topic', () => {
  test.each([
    trading,
    { ...trading, rsi: 'seed', windows: 'rows', exit: 'seed', portfolio: 'seed' },
    { ...trading, rsi: 'cutler', portfolio: 'fractional' },
  ] as const)('2.18: live is replay, to the bit: $rsi, $windows, $exit, $portfolio', settings => {
    const { signals } = tradesOf(syntheticCandles, settings)
    const { columns, decisions, judged } = signalRows(
      { ...synthetic, product: null, simulated: true, others: 0 },
      settings,
    )
    const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)
    expect(signals.map(({ ma20, ma50, rsi, signal }) => [ma20, ma50, rsi, signal])).toEqual(
      decisions.map(({ signal }, i) => [
        ...[columns.ma20, columns.ma50, columns.rsi].map(column => orNull(column[i])),
        signal,
      ]),
    )
    expect(
      signals.map(({ action, crypto, close: price, budget, total_value }) => ({
        ...{ action, crypto, price, budget, total_value },
      })),
    ).toEqual(judged.walk.rows)
  })

  test("candles folded from trades give the same as the exchange's own, each as it was first given", () => {
    const candles = syntheticCandles.slice(0, 120)
    const work = new TradePartition(trading, { signals: 'signals', ledger: 'ledger' })
    const rows = candles.flatMap(({ start, volume, ...prices }) => {
      const row = { product: 'BTC-USDT', start: start / 1e6, end: start / 1e6 + 60, ...prices, volume: `${volume}` }
      return [
        { ...row, revision: 1 },
        { ...row, close: row.high, revision: 2 },
      ]
    })
    for (const [offset, row] of rows.entries())
      work.take({ topic: 'c', partition: 0, offset, key: '', value: Buffer.from(JSON.stringify(row)) }, false)
    const signals = work.due.filter(({ topic }) => topic === 'signals').map(({ value }) => decodeSignal(`${value}`))
    expect(signals).toEqual(tradesOf(candles).signals)
    expect(work.counts).toMatchObject({ candles: 120, others: 120, dead: 0, conflicting: 0, late: 0 })
  })

  test('2.b9: each closed candle is looked at once, whenever the looker wakes; at 65 s one in 13 would be missed', () => {
    expect(tradesOf(syntheticCandles).signals.map(({ start }) => start)).toEqual([...synthetic.table.start])
    const seen = new Set(syntheticCandles.map((_, look) => Math.floor((65 * look) / 60)).filter(row => row < 3000))
    expect(seen.size).toBe(2770)
  })

  test('out of order, doubled with other content, impossible: dead letters with their reason; the same twice: counted', () => {
    const odd = [candle(5, 100), candle(4, 100), candle(5, 100), candle(5, 101), candle(6, -1), candle(9, 100)]
    const { counts, dead, signals } = tradesOf(odd)
    expect(dead).toEqual(['late_candle', 'conflicting_candle', 'bad_candle'])
    expect(counts).toMatchObject({ candles: 2, late: 1, conflicting: 1, bad: 1, repeated: 1, missing: 3, dead: 0 })
    expect(signals).toHaveLength(2)
  })

  test('missing minutes: counted, and averages are null until they are full again', () => {
    const walk = Array.from({ length: 130 }, (_, i) => candle(i, 100 + (i % 7)))
    const { counts, signals } = tradesOf(walk.filter((_, i) => i < 60 || i >= 67))
    expect(counts.missing).toBe(7)
    expect(signals[59].ma20).not.toBeNull()
    expect(signals.slice(60, 79).every(({ ma20 }) => ma20 === null)).toBe(true)
    expect(signals[79].ma20).not.toBeNull()
  })

  test('a minute in which nothing was traded is a candle like others, and counted', () => {
    const { counts, signals } = tradesOf([candle(0, 100), { ...candle(1, 100), volume: 0 }, candle(2, 101)])
    expect([counts.zero_volume, signals.length]).toEqual([1, 3])
  })

  test('2.b8: minutes are whole numbers in UTC, so a night on which clocks go back is like any other', () => {
    const night = Date.UTC(2026, 9, 25, 0, 0) / 60_000
    const { counts, signals } = tradesOf(Array.from({ length: 180 }, (_, i) => candle(night + i, 100 + (i % 7))))
    expect(counts).toMatchObject({ candles: 180, missing: 0, late: 0 })
    expect(signals.slice(50).every(({ ma50 }) => ma50 !== null)).toBe(true)
  })
})

test('a candle whose numbers are no texts is no event: a dead letter, and nothing throws', () => {
  const work = new TradePartition(trading, { signals: 'signals', ledger: 'ledger' })
  const value = Buffer.from(JSON.stringify({ ...candleEvent('BTC-USDT', candle(1, 1)), close: null }))
  work.take({ topic: 'raw', partition: 0, offset: 0, key: 'BTC-USDT', value }, false)
  expect(work.counts.dead).toBe(1)
})

describe('the ledger', () => {
  test.each(['seed', 'fractional', 'next_open'] as const)(
    '2.b10, 2.17: postings of each entry sum to zero, and what the accounts hold is the portfolio of %s to the bit',
    portfolio => {
      const { ledger, signals } = tradesOf(syntheticCandles, { ...trading, portfolio })
      const balances = new Balances()
      for (const entry of ledger) balances.add(entry)
      expect(balances.faults).toEqual([])
      expect(ledger.length).toBeGreaterThan(10)
      const { budget, crypto } = signals.at(-1)!
      expect([balances.of('cash money'), balances.of('coins coin')]).toEqual([budget, crypto])
      expect(balances.of('fees money') > 0).toBe(portfolio === 'next_open')
    },
  )

  test('each fill says why: rule, reason, what it saw, where the price is from, and the fee', () => {
    const { ledger, signals } = tradesOf(syntheticCandles)
    const fills = ledger.flatMap(({ start, fill }) => (fill ? [{ start, fill }] : []))
    for (const { start, fill } of fills) {
      const before = signals[signals.findIndex(signal => signal.start === start) - 1]
      expect(fill).toMatchObject({
        ...{ side: before.signal, reason: before.reason, rule: 'exit_any', signal_start: before.start },
        ...{ inputs: { ma20: before.ma20, ma50: before.ma50, rsi: before.rsi }, fee_rate: 0.001 },
        price_source: "open of the candle after the signal's",
      })
    }
  })

  test('a ledger that was tampered with is told: an entry twice, postings that do not sum to zero, coins that nobody had', () => {
    const { ledger } = tradesOf(syntheticCandles)
    const faultsOf = (entries: LedgerEntry[]): string[] => {
      const balances = new Balances()
      for (const entry of entries) balances.add(entry)
      return balances.faults
    }
    expect(faultsOf([...ledger, ledger[1]])).toContain(`${ledger[1].id}: stands twice`)
    expect(faultsOf([ledger[0], ledger[2]]).join()).toMatch(/coins/)
    const [first] = ledger[1].postings
    const wrong = { ...ledger[1], postings: [{ ...first, amount: first.amount + 1 }, ...ledger[1].postings.slice(1)] }
    expect(faultsOf([ledger[0], wrong]).join()).toMatch(/sum to .*, not to 0/)
  })
})

describe('a trader that stands aside', () => {
  const walk = walkingCandles(700, 7, 0)
  const saidOf = (i: number, probability: number, seconds = 0): string =>
    encodePrediction({
      ...{
        product: 'BTC-USDT',
        time: walk[i].start + minute + 1e6 * seconds,
        model: 'average',
        probability,
        alarm: false,
      },
      tau: 1e-5,
    })

  /** In any order of the two topics. */
  function signalsOf(records: { topic: string; value: string }[]): SignalRecord[] {
    const work = new TradePartition(trading, { signals: 'signals', ledger: 'ledger', predictions: 'said' })
    records.forEach(({ topic, value }, offset) => {
      work.take({ topic, partition: 0, offset, key: 'BTC-USDT', value: Buffer.from(value) }, false)
    })
    const texts = work.due.filter(({ topic }) => topic === 'signals').map(({ value }) => `${value}`)
    return texts.map(decodeSignal) as SignalRecord[]
  }

  const candles = walk.map(one => ({ topic: 'raw', value: encodeEvent(candleEvent('BTC-USDT', one)) }))
  const { signals: plain } = tradesOf(walk)
  const bought = plain.findIndex(({ signal }, i) => signal === 'BUY' && i > 80)
  const said = walk.flatMap((_, i) =>
    [saidOf(i, i === bought ? 0.9 : (i % 50) / 100), saidOf(i, 0.01, 1)].map(value => ({ topic: 'said', value })),
  )

  test('buys nothing at the end of a minute whose probability is in the highest tenth, and else does what the rule does', () => {
    expect(bought).toBeGreaterThan(80)
    const aside = signalsOf([...candles, ...said])
    expect(aside[bought]).toMatchObject({ signal: 'HOLD', reason: 'a spike is likely: no purchase' })
    expect(aside.slice(0, bought)).toEqual(plain.slice(0, bought))
  })

  test('which of candle and prediction came first makes no difference', () => {
    const one = signalsOf([...candles, ...said])
    expect(signalsOf([...said, ...candles])).toEqual(one)
    expect(signalsOf(candles.flatMap((record, i) => [record, said[2 * i], said[2 * i + 1]]))).toEqual(one)
  })

  test('a candle waits for what is said of its end: without a word nothing is decided', () => {
    expect(signalsOf(candles)).toEqual([])
    expect(signalsOf([...candles, ...said.slice(0, 20)])).toHaveLength(10)
  })

  test('live is replay: the ranks that files give', () => {
    const ranks = new SpikeRanks()
    for (const { value } of said) {
      const { time, probability } = JSON.parse(value)
      ranks.push(time, probability)
    }
    expect(ranks.rankAt(walk[bought].start + minute)).toBe(1)
    expect(ranks.rankAt(walk[30].start + minute)).toBeNull()
  })
})
