import { parseDecimal } from './decimal.ts'
import type { Candle, Micros } from './event.ts'

/** A closed candle in numbers: what indicators of candles take in. */
export interface CandleValues {
  /** When it opened. */
  start: Micros
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/** Candles by column, oldest first: the same for whole files. */
export interface CandleTable extends Record<keyof CandleValues, Float64Array> {
  rows: number
}

/** The numbers of a candle's texts; null where they are none that a candle can have. */
export function candleValues(texts: Pick<Candle, keyof CandleValues>): CandleValues | null {
  const { start } = texts
  const [open, high] = [parseDecimal(texts.open), parseDecimal(texts.high)]
  const [low, close, volume] = [parseDecimal(texts.low), parseDecimal(texts.close), parseDecimal(texts.volume)]
  const isOne = open > 0 && close > 0 && low >= 0 && high >= low && volume >= 0
  return isOne ? { start, open, high, low, close, volume } : null
}

/** Whether two candles say the same of the same time. */
export function isSameCandle(a: CandleValues, b: CandleValues): boolean {
  return (
    a.start === b.start &&
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume
  )
}

/** Candles by column. */
export function candleTable(candles: CandleValues[]): CandleTable {
  const column = (name: keyof CandleValues): Float64Array => Float64Array.from(candles, candle => candle[name])
  return {
    rows: candles.length,
    ...{ start: column('start'), open: column('open'), high: column('high'), low: column('low') },
    ...{ close: column('close'), volume: column('volume') },
  }
}

/** One row of a table. */
export function candleAt({ start, open, high, low, close, volume }: CandleTable, row: number): CandleValues {
  return {
    start: start[row],
    open: open[row],
    high: high[row],
    low: low[row],
    close: close[row],
    volume: volume[row],
  }
}
