import {
  type CandleTable,
  type CandleValues,
  candleTable,
  candleValues,
  isSameCandle,
} from '../../core/events/candle_values.ts'
import type { Micros } from '../../core/events/event.ts'
import { type Kline, minute } from './kline.ts'

/** What became of candles that are no row, and of rows that deserve a word. */
export interface CandleCounts {
  /** Could still change: only closed ones are rows. */
  unfinished: number
  /** The same once more. */
  repeated: number
  /** A second closed one of the same time with other content: the first stands. */
  conflicting: number
  /** Numbers that no candle has. */
  bad: number
  /** Came after a later one; put in its place. */
  out_of_order: number
  /** Candles that are missing between the first and the last. */
  missing: number
  /** In which nothing was traded. They are rows like all others. */
  zero_volume: number
}

export interface ClosedCandles {
  table: CandleTable
  interval: Micros
  counts: CandleCounts
  /** What stands in the table of nothing, with the reason. */
  dead: { reason: 'conflicting' | 'bad'; kline: Kline }[]
}

/** The closed candles of one product, each once, in the order of time. An identity is the time of opening. */
export function closedCandles(klines: Iterable<Kline>): ClosedCandles {
  const counts = { unfinished: 0, repeated: 0, conflicting: 0, bad: 0, out_of_order: 0, missing: 0, zero_volume: 0 }
  const dead: ClosedCandles['dead'] = []
  const found = new Map<Micros, CandleValues>()
  let latest = Number.NEGATIVE_INFINITY
  for (const kline of klines) {
    if (!kline.closed) {
      counts.unfinished++
      continue
    }
    const candle = candleValues(kline)
    const former = candle && found.get(candle.start)
    if (candle === null || (former && !isSameCandle(former, candle))) {
      const reason = candle === null ? 'bad' : 'conflicting'
      counts[reason]++
      dead.push({ reason, kline })
    } else if (former) counts.repeated++
    else {
      found.set(candle.start, candle)
      if (candle.start < latest) counts.out_of_order++
      latest = Math.max(latest, candle.start)
      if (candle.volume === 0) counts.zero_volume++
    }
  }
  const candles = [...found.values()].sort((a, b) => a.start - b.start)
  const interval = intervalOf(candles)
  if (candles.length > 0) counts.missing = (candles.at(-1)!.start - candles[0].start) / interval + 1 - candles.length
  counts.missing = Math.max(0, Math.round(counts.missing))
  return { table: candleTable(candles), interval, counts, dead }
}

/** The shortest step between two candles; a minute where there is none. */
function intervalOf(candles: CandleValues[]): Micros {
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < candles.length; i++) least = Math.min(least, candles[i].start - candles[i - 1].start)
  return Number.isFinite(least) ? least : minute
}
