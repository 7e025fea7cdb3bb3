import { describe, expect, test } from 'vitest'
import { candleTable } from '../../../src/core/events/candle_values.ts'
import { candleColumns, windowKinds } from '../../../src/core/indicators/candle_columns.ts'
import { rsiKinds } from '../../../src/core/indicators/rsi.ts'
import { decisionsOf, walkPortfolio } from '../../../src/core/trading/backtest.ts'
import { brokerNames } from '../../../src/core/trading/broker.ts'
import { decodeSignal, encodeSignal } from '../../../src/core/trading/signal_json.ts'
import { exitNames, rules } from '../../../src/core/trading/signals/rules.ts'
import { Trader, type TraderSettings } from '../../../src/core/trading/trader.ts'
import { walkingCandles } from '../../fixtures/klines.ts'

const minute = 60_000_000
const candles = walkingCandles(700, 7, 0.003)
const everySetting = rsiKinds.flatMap(rsi =>
  windowKinds.flatMap(windows =>
    exitNames.flatMap(exit => brokerNames.map((portfolio): TraderSettings => ({ rsi, windows, exit, portfolio }))),
  ),
)

describe.each(everySetting)('a trader of $rsi, $windows, $exit, $portfolio', settings => {
  const trader = new Trader(settings, minute)
  const steps = candles.map(candle => trader.look(candle))

  test('says and does candle by candle what the columns of the whole file give', () => {
    const table = candleTable(candles)
    const columns = candleColumns(table, settings.rsi, settings.windows, minute)
    const decisions = decisionsOf(columns, rules[settings.exit])
    const walk = walkPortfolio(table, columns, decisions, settings.portfolio)
    expect(steps.map(({ decision }) => decision)).toEqual(decisions)
    expect(steps.map(({ row }) => row)).toEqual(walk.rows)
    expect(steps.map(({ trade }) => trade).filter(trade => trade !== null)).toEqual(walk.trades)
  })

  test('goes on from its state as if nothing had been', () => {
    const before = new Trader(settings, minute)
    for (const candle of candles.slice(0, 350)) before.look(candle)
    const after = new Trader(settings, minute)
    after.restore(JSON.parse(JSON.stringify(before.state())))
    expect(candles.slice(350).map(candle => after.look(candle))).toEqual(steps.slice(350))
  })
})

test('these candles are bought and sold by the rule that can sell', () => {
  const trader = new Trader({ rsi: 'wilder', windows: 'rows', exit: 'exit_any', portfolio: 'next_open' }, minute)
  const actions = candles.map(candle => trader.look(candle).row.action)
  expect(actions.filter(action => action === 'BUY').length).toBeGreaterThan(1)
  expect(actions.filter(action => action === 'SELL').length).toBeGreaterThan(1)
})

describe('a signal on its topic', () => {
  const trader = new Trader(everySetting[0], minute)
  const record = JSON.parse(encodeSignal('BTC-USD', candles[0], trader.look(candles[0])))

  test('holds the candle, what was seen, what was said and what the portfolio has', () => {
    expect(record).toEqual({
      ...{ product: 'BTC-USD', ...candles[0], ma20: candles[0].close, ma50: candles[0].close, rsi: null },
      ...{ signal: 'HOLD', reason: 'none of the rule', action: 'HOLD', crypto: 0, budget: 10_000, total_value: 10_000 },
    })
    for (const signal of ['BUY', 'SELL', 'HOLD'])
      expect(decodeSignal(JSON.stringify({ ...record, signal }))).toEqual({ ...record, signal })
  })

  test.each([{ product: 1 }, { start: 0.5 }, { start: '0' }, { close: '1' }, { close: null }, { signal: 'KEEP' }])(
    'is none with %j',
    wrong => expect(decodeSignal(JSON.stringify({ ...record, ...wrong }))).toBeNull(),
  )
})
