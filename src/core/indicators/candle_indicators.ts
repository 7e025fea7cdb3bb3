import type { CandleValues } from '../events/candle_values.ts'
import type { Micros } from '../events/event.ts'
import { fastLength, slowLength, type WindowKind } from './candle_columns.ts'
import type { Json } from './indicator.ts'
import { movingAverage } from './moving_average.ts'
import { type RsiKind, rsi } from './rsi.ts'

/** What is known at the close of a candle; averages in the quote currency, RSI from 0 to 100, null while there are too few candles. */
export interface IndicatorRow {
  ma20: number | null
  ma50: number | null
  rsi: number | null
}

/** MA20, MA50 and RSI of one product as its candles come: the bits of `candleColumns`. */
export class CandleIndicators {
  private readonly running
  private readonly windows: WindowKind
  private readonly interval: Micros
  private last: Micros | null = null

  constructor(kind: RsiKind, windows: WindowKind, interval: Micros) {
    const warmUp = kind === 'seed' ? 'seed' : 'full'
    this.running = [movingAverage(fastLength, warmUp), movingAverage(slowLength, warmUp), rsi(kind)].map(one =>
      one.make(),
    )
    this.windows = windows
    this.interval = interval
  }

  /** Takes in the next candle; where one before it is missing, and minutes count, everything begins anew. */
  push(candle: CandleValues): IndicatorRow {
    const isAfterGap = this.last !== null && candle.start - this.last !== this.interval
    if (isAfterGap && this.windows === 'minutes') for (const indicator of this.running) indicator.reset()
    this.last = candle.start
    const [ma20, ma50, strength] = this.running.map(indicator => indicator.push(candle))
    return { ma20, ma50, rsi: strength }
  }

  state(): Json {
    return { last: this.last, running: this.running.map(indicator => indicator.state()) }
  }

  restore(state: Json): void {
    const { last, running } = state as { last: Micros | null; running: Json[] }
    this.last = last
    this.running.forEach((indicator, i) => {
      indicator.restore(running[i])
    })
  }
}
