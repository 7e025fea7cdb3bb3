import type { CandleTable } from '../../core/events/candle_values.ts'
import type { IndicatorColumns } from '../../core/indicators/candle_columns.ts'
import { exp } from '../../core/math/numeric.ts'
import { drawBlocks, intervalOf, type Resamples, resampledMean } from '../../core/models/metrics/bootstrap.ts'
import { type Paired, pairedRatio } from '../../core/models/metrics/paired.ts'
import { type Walk, walkPortfolio } from '../../core/trading/backtest.ts'
import { type BrokerName, brokers, startingBudget } from '../../core/trading/broker.ts'
import { buyAndHold, drawdownOf, logReturns, turnoverOf, valuesOf } from '../../core/trading/equity.ts'
import type { Decision } from '../../core/trading/signals/rule.ts'

/** What is told of a portfolio, never the total alone. */
export interface JudgedPortfolio {
  total: number
  trades: number
  /** The budget in coin from the first candle on, with the same broker's fee. */
  buy_and_hold: number
  /** The same trades' rule without a fee. */
  fee_free: number
  /** Deepest fall from a former height, as a share. */
  drawdown: number
  /** Bought and sold over the mean value. */
  turnover: number
  /** Share of the candles at whose end there were coins. */
  exposure: number
  /** 95 % of the total, and of the total over buy-and-hold's; null where there are fewer candles than two blocks. */
  interval: { low: number; high: number } | null
  over_hold: Paired
}

/** Candles of a block of the bootstrap: hours hang together more than minutes do. */
const blockCandles = 60
const resampling = { samples: 1000, seed: 60 }

/** Judges what decisions come to with a broker over rows [from, to), beside everything that a total must be seen with. */
export function judgePortfolio(
  candles: CandleTable,
  columns: IndicatorColumns,
  decisions: Decision[],
  name: BrokerName,
  range: [number, number] = [0, candles.rows],
): JudgedPortfolio & { walk: Walk; hold: Float64Array } {
  const broker = brokers[name]
  const walk = walkPortfolio(candles, columns, decisions, broker, range)
  const free = walkPortfolio(candles, columns, decisions, { ...broker, fee: 0 }, range)
  const [values, hold] = [valuesOf(walk), buyAndHold(candles, broker, range)]
  const start = candles.start.subarray(...range)
  const drawn = totalsOf(values, resamplesOf(start))
  const total = values[values.length - 1]
  return {
    ...{ total, trades: walk.trades.length, buy_and_hold: hold[hold.length - 1] },
    fee_free: free.rows.at(-1)!.total_value,
    drawdown: drawdownOf(values),
    turnover: turnoverOf(walk),
    exposure: walk.rows.filter(row => row.crypto > 0).length / walk.rows.length,
    interval: drawn && intervalOf(drawn),
    over_hold: ratioOfTotals(values, hold, start),
    ...{ walk, hold },
  }
}

/** How many times one portfolio's total is another's over the same candles, both resampled together. */
export function ratioOfTotals(one: Float64Array, other: Float64Array, start: Float64Array): Paired {
  const resamples = resamplesOf(start)
  return pairedRatio(
    { value: one[one.length - 1], drawn: totalsOf(one, resamples) },
    { value: other[other.length - 1], drawn: totalsOf(other, resamples) },
  )
}

/** Moving blocks of candles, the same for all that is compared. */
function resamplesOf(start: Float64Array): Resamples | null {
  return drawBlocks(start, new Array(start.length).fill(''), { ...resampling, block_s: blockCandles })
}

/** The total that each resample of the rows' returns comes to. */
function totalsOf(values: Float64Array, resamples: Resamples | null): Float64Array | null {
  if (resamples === null) return null
  return resampledMean(logReturns(values), resamples).map(mean => startingBudget * exp(mean * values.length))
}
