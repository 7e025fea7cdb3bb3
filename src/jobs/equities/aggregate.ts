import { type ActivitySettings, type AnomalyVerdict, TickerActivity } from '../../core/indicators/ticker_activity.ts'
import type { MinuteAggregates, TradeAggregates } from '../../core/indicators/trade_aggregates.ts'
import type { LeftOut } from '../../market/decode/left_out.ts'
import { readTrades, type TickerTrade } from './read_trades.ts'

export interface AggregatedTrade extends TickerTrade, TradeAggregates, AnomalyVerdict {}

export interface TickerMinute extends MinuteAggregates {
  ticker: string
}

export interface AggregatedTrades {
  /** In the order of the files. */
  trades: AggregatedTrade[]
  minutes: TickerMinute[]
  /** By ticker: trades that a model scored, and how many of them it flagged. */
  scored: Record<string, { trades: number; anomalies: number }>
  leftOut: LeftOut
  simulated: boolean
}

/** Aggregates and anomaly scores of each trade in saved frames. @throws SpikeError as `readTrades`. */
export async function aggregateTrades(paths: string[], settings: ActivitySettings): Promise<AggregatedTrades> {
  const result: AggregatedTrades = { trades: [], minutes: [], scored: {}, leftOut: {}, simulated: false }
  const tickers = new Map<string, TickerActivity>()
  const onSimulated = (): void => {
    result.simulated = true
  }
  for await (const trade of readTrades(paths, result.leftOut, onSimulated)) {
    const { ticker } = trade
    const activity =
      tickers.get(ticker) ?? new TickerActivity(settings, minute => result.minutes.push({ ticker, ...minute }))
    tickers.set(ticker, activity)
    const said = activity.push(trade)
    result.trades.push({ ...trade, ...said })
    if (said.anomaly === null) continue
    result.scored[ticker] ??= { trades: 0, anomalies: 0 }
    result.scored[ticker].trades++
    if (said.anomaly) result.scored[ticker].anomalies++
  }
  return result
}
