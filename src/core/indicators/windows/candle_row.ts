import type { Candle, Micros } from '../../events/event.ts'
import { decodeRecord } from '../../events/json_record.ts'
import { textOfUnits, unitDigits, unitsOfText } from './decimal_units.ts'
import type { WindowRow } from './window_row.ts'

/** A bar of a minute as it stands on `market.candles`, key product. */
export interface CandleRow {
  product: string
  /** Seconds since the epoch; [start, end). */
  start: number
  end: number
  open: number
  high: number
  low: number
  close: number
  /** Exact decimal text in base units; null where no trade has a size. */
  volume: string | null
  /** Null where the exchange does not say. */
  trades: number | null
  /** Folded from trades, or the exchange's own. */
  source: 'trades' | 'exchange'
  /** As of a window; the exchange's own are final at once. */
  revision: number
  final: boolean
}

/** Candles are of a minute. */
export const candleSeconds = 60

/** The candle of a tumbling window of trades. */
export function candleOfWindow(row: WindowRow): CandleRow {
  const { product, start, end, open, high, low, close, volume, trades, revision, final } = row
  return { product, start, end, open, high, low, close, volume, trades, source: 'trades', revision, final }
}

/** The exchange's own; null for one of another length, or with prices that are none. */
export function candleOfExchange({ product, start, time, trades, ...wire }: Candle): CandleRow | null {
  const volume = unitsOfText(wire.volume)
  const [open, high, low, close] = [wire.open, wire.high, wire.low, wire.close].map(Number)
  if (endOf(start) !== time || volume === null || ![open, high, low, close].every(price => price > 0)) return null
  return {
    ...{ product, start: start / 1e6, end: time / 1e6, open, high, low, close },
    ...{ volume: textOfUnits(BigInt(volume), unitDigits), trades, source: 'exchange', revision: 1, final: true },
  }
}

function endOf(start: Micros): Micros {
  return start + 1e6 * candleSeconds
}

/** @returns null where the text is no bar of a minute. */
export function decodeCandleRow(text: string): CandleRow | null {
  return decodeRecord<CandleRow>(
    text,
    ({ product, start, end, revision, open, high, low, close, volume }) =>
      typeof product === 'string' &&
      (volume === null || typeof volume === 'string') &&
      [start, end, revision, open, high, low, close].every(Number.isFinite),
  )
}
