import type { TopLevelSpec } from 'vega-lite'
import { startingBudget } from '../../core/trading/broker.ts'
import { rsiCeiling } from '../../core/trading/signals/rule.ts'
import type { SignalRows } from '../../jobs/trade/signals.ts'
import { colours, fullWidth, subtitle } from './theme.ts'
import { level, timeAxis } from './time_axis.ts'

/** A line has at most so many points: more than there are pixels. */
const mostPoints = 1500
/** The original's lower line of the RSI, and the level below its budget that it draws and never explains. */
const [oversold, stopLevel] = [30, 9300]

const green = '#009e73'

/** Price with averages and trades, value of the paper portfolio, RSI. */
export const signalPlots = ['price', 'equity', 'rsi'] as const

/** The plots of signals by name. */
export function plotSignals(result: SignalRows, rsi: string): Record<(typeof signalPlots)[number], TopLevelSpec> {
  return { price: plotPrice(result), equity: plotEquity(result), rsi: plotRsi(result, rsi) }
}

function plotPrice({ candles, columns, judged }: SignalRows): TopLevelSpec {
  const { start, close } = candles.table
  const trades = judged.walk.trades.map(({ fill, candle }) => ({
    ...{ time: timeOf(candle.start), value: fill.price },
    name: fill.signal === 'BUY' ? 'bought' : 'sold',
  }))
  const lines = linesOf(start, { close, MA20: columns.ma20, MA50: columns.ma50 })
  const ofLines = { domain: ['close', 'MA20', 'MA50'], range: [colours.faint, green, colours.positive] }
  const ofTrades = { domain: ['bought', 'sold'], range: [colours.line, colours.ink] }
  return {
    ...fullWidth,
    title: {
      text: `${candles.product ?? 'Price'}: close, averages and paper trades`,
      subtitle: subtitle(candles.simulated, 'Triangles upwards: bought; downwards: sold. No order was placed'),
    },
    height: 220,
    resolve: { scale: { color: 'independent' } },
    layer: [
      {
        data: { values: lines },
        mark: { type: 'line', strokeWidth: 1.1 },
        encoding: {
          ...{ x: timeAxis, y: level(inQuote('Price', candles.product), false) },
          color: { field: 'name', type: 'nominal', title: null, scale: ofLines },
        },
      },
      {
        data: { values: trades },
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: {
          ...{ x: timeAxis, y: level(inQuote('Price', candles.product), false) },
          color: { field: 'name', type: 'nominal', scale: ofTrades, legend: null },
          shape: {
            field: 'name',
            type: 'nominal',
            scale: { domain: ['bought', 'sold'], range: ['triangle-up', 'triangle-down'] },
            legend: null,
          },
        },
      },
    ],
  }
}

function plotEquity({ candles, judged }: SignalRows): TopLevelSpec {
  const total = Float64Array.from(judged.walk.rows, row => row.total_value)
  const values = linesOf(candles.table.start, { 'the rule': total, 'buy and hold': judged.hold })
  const range = [colours.line, colours.positive]
  const y = level(inQuote('Value', candles.product), false)
  return {
    ...fullWidth,
    title: {
      text: 'Value of the paper portfolio',
      subtitle: subtitle(
        candles.simulated,
        `Dashed: ${startingBudget.toLocaleString('en-US')} to begin with; dotted: ${stopLevel.toLocaleString('en-US')}, a line that the original draws and no rule uses`,
      ),
    },
    height: 170,
    layer: [
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.4 },
        encoding: {
          ...{ x: timeAxis, y },
          color: {
            field: 'name',
            type: 'nominal',
            title: null,
            scale: { domain: ['the rule', 'buy and hold'], range },
          },
        },
      },
      ruleAt(startingBudget, [5, 3], y),
      ruleAt(stopLevel, [1, 3], y),
    ],
  }
}

function plotRsi({ candles, columns }: SignalRows, kind: string): TopLevelSpec {
  const axis = { values: [0, oversold, 50, rsiCeiling, 100], labelOverlap: false }
  const y = { ...level('RSI', true), scale: { domain: [0, 100] }, axis }
  return {
    ...fullWidth,
    title: {
      text: `RSI of 14 candles, ${kind}`,
      subtitle: subtitle(
        candles.simulated,
        `Dashed: ${rsiCeiling}, above it a price is called overbought; dotted: ${oversold}`,
      ),
    },
    height: 190,
    layer: [
      {
        data: { values: linesOf(candles.table.start, { rsi: columns.rsi }) },
        mark: { type: 'line', strokeWidth: 1, color: colours.line },
        encoding: {
          x: timeAxis,
          y,
        },
      },
      ruleAt(rsiCeiling, [5, 3], y),
      ruleAt(oversold, [1, 3], y),
    ],
  }
}

/** The unit of a product such as BTC-USD; of a stock, or where the candles do not say, there is none to be told. */
function inQuote(what: string, product: string | null): string {
  const quote = product?.split('-')[1]
  return quote === undefined ? what : `${what} (${quote})`
}

/** @param y the axis of what it lies over, or the two would be merged into one without its ticks. */
function ruleAt<Y>(value: number, strokeDash: number[], y: Y) {
  return {
    data: { values: [{ value }] },
    mark: { type: 'rule' as const, strokeDash, strokeWidth: 1.2, color: colours.ink },
    encoding: { y },
  }
}

/** Points of lines by name, thinned to what can be seen; a null is a hole. */
function linesOf(start: Float64Array, columns: Record<string, Float64Array>) {
  const step = Math.ceil(start.length / mostPoints)
  return Object.entries(columns).flatMap(([name, values]) =>
    Array.from({ length: Math.ceil(start.length / step) }, (_, i) => i * step).map(row => ({
      ...{ name, time: timeOf(start[row]) },
      value: Number.isNaN(values[row]) ? null : values[row],
    })),
  )
}

function timeOf(micros: number): number {
  return micros / 1000
}
