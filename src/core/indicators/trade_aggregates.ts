import type { Micros } from '../events/event.ts'
import type { Json } from './indicator.ts'
import { type MeanKind, meanPrice } from './mean_price.ts'
import { minuteVolume } from './minute_volume.ts'
import { momentum } from './momentum.ts'
import { tradeFrequency } from './trade_frequency.ts'
import type { TradeValues } from './trade_values.ts'
import { tradeZscore } from './volume_zscore.ts'
import { vwap } from './vwap.ts'

/** What is said of a trade of a share, by the names that TradePulse's page has for it. */
export interface TradeAggregates {
  vwap_1min: number | null
  vwap_5min: number | null
  rolling_avg_5min: number | null
  /** Beside the last 20 trades, this one among them: the original's. */
  volume_zscore: number | null
  /** Beside the 20 trades before this one. */
  volume_zscore_excl: number | null
  /** Of the last minute that is over, beside the 20 minutes before it: what alarms and the join of news go by. */
  volume_zscore_minute: number | null
  /** Percent over the last minute. */
  price_momentum: number | null
  /** From the VWAP of five minutes, in quote currency. */
  vwap_deviation: number | null
  vwap_deviation_pct: number | null
  /** Trades in the last 60 s. */
  trade_frequency: number | null
}

/** What is said of a minute with trades, once it is over. */
export interface MinuteAggregates {
  /** Minutes since the epoch. */
  minute: number
  vwap_1min: number | null
  /** Of the window of five minutes so far. */
  vwap_5min: number | null
  rolling_avg_5min: number | null
  trades: number
  volume: number
  volume_zscore: number | null
  volume_zscore_minute: number | null
  price_momentum: number | null
  close: number
}

interface AggregatorState {
  open: { minute: number; trades: number } | null
  last: { trade: TradeValues; aggregates: TradeAggregates } | null
  vwap1: Json
  vwap5: Json
  within: Json
  beside: Json
  minutes: Json
  /** The price that momentum goes by. */
  from: number | null
}

/** Trades that lie further back have no part in what is said of the next one, but for what the state holds. */
export const rememberedSeconds = 300

/**
 * Aggregates of one ticker's trades, in the order of their time: the same trades give the same bits. What lies more than five minutes
 * of trades and 21 minutes of volumes back has no part in it.
 */
export class TradeAggregator {
  readonly #vwap1 = vwap(60).make()
  readonly #vwap5 = vwap(300).make()
  readonly #meanPrice
  readonly #within = tradeZscore('trade20').make()
  readonly #beside = tradeZscore('trade20_before').make()
  readonly #momentum = momentum().make()
  readonly #frequency = tradeFrequency().make()
  readonly #minutes = minuteVolume.make()
  readonly #closed: (minute: MinuteAggregates) => void
  #open: AggregatorState['open'] = null
  #last: AggregatorState['last'] = null

  /** @param closed is told of each minute with trades when a later trade, or a clock, comes. */
  constructor(closed: (minute: MinuteAggregates) => void = () => {}, mean: MeanKind = 'fold') {
    this.#closed = closed
    this.#meanPrice = meanPrice(mean).make()
  }

  /** @param trade none before the last one in time, nor in a minute that was closed. */
  push(trade: TradeValues): TradeAggregates {
    const minute = Math.floor(trade.time / 60e6)
    if (minute !== this.#open?.minute) this.#closeMinute()
    this.#open ??= { minute, trades: 0 }
    this.#open.trades++
    const zscore = this.#minutes.push(trade)?.zscore ?? null
    const vwap5 = this.#vwap5.push(trade)
    const aggregates: TradeAggregates = {
      ...{ vwap_1min: this.#vwap1.push(trade), vwap_5min: vwap5, rolling_avg_5min: this.#meanPrice.push(trade) },
      ...{ volume_zscore: this.#within.push(trade), volume_zscore_excl: this.#beside.push(trade) },
      volume_zscore_minute: zscore,
      price_momentum: this.#momentum.push(trade),
      vwap_deviation: vwap5 === null ? null : trade.price - vwap5,
      vwap_deviation_pct: vwap5 === null ? null : 100 * (trade.price / vwap5 - 1),
      trade_frequency: this.#frequency.push(trade),
    }
    this.#last = { trade, aggregates }
    return aggregates
  }

  /** Time alone: a minute that is over is closed. @returns until when: no trade before that may come. */
  clock(time: Micros): Micros | null {
    if (this.#open === null || time < (this.#open.minute + 1) * 60e6) return null
    const end = (this.#open.minute + 1) * 60e6
    this.#closeMinute()
    return end
  }

  /** What the next life needs beside the trades of the last `rememberedSeconds`. */
  state(): Json {
    const state: AggregatorState = {
      ...{ open: this.#open, last: this.#last, vwap1: this.#vwap1.state(), vwap5: this.#vwap5.state() },
      ...{ within: this.#within.state(), beside: this.#beside.state(), minutes: this.#minutes.state() },
      from: this.#momentum.from(),
    }
    return state as unknown as Json
  }

  /** Goes on where a former one stood. @param recent its last trades, oldest first. */
  restore(state: Json, recent: readonly TradeValues[]): void {
    const { open, last, vwap1, vwap5, within, beside, minutes, from } = state as unknown as AggregatorState
    this.#open = open
    this.#last = last
    for (const [running, former] of [
      [this.#vwap1, vwap1],
      [this.#vwap5, vwap5],
      [this.#within, within],
      [this.#beside, beside],
      [this.#minutes, minutes],
    ] as const)
      running.restore(former)
    const lately = (seconds: number): { times: Micros[]; values: number[] } => {
      const inside = recent.filter(({ time }) => time > recent.at(-1)!.time - 1e6 * seconds)
      return { times: inside.map(({ time }) => time), values: inside.map(({ price }) => price) }
    }
    this.#meanPrice.restore(lately(300))
    this.#momentum.restore({ prices: lately(60), from })
    this.#frequency.restore(lately(60))
  }

  #closeMinute(): void {
    if (this.#last === null || this.#open === null) return
    const { trade, aggregates } = this.#last
    const { minute, trades } = this.#open
    this.#open = null
    // The end of the minute, told as a clock, closes it.
    const { volume, zscore } = this.#minutes.push({ time: (minute + 1) * 60e6, size: 0 })!
    const { vwap_1min, vwap_5min, rolling_avg_5min, volume_zscore, price_momentum } = aggregates
    this.#closed({
      ...{ minute, vwap_1min, vwap_5min, rolling_avg_5min, trades, volume, volume_zscore },
      ...{ volume_zscore_minute: zscore, price_momentum, close: trade.price },
    })
  }
}
