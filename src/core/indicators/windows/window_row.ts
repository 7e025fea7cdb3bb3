import { decodeRecord } from '../../events/json_record.ts'
import { log } from '../../math/numeric.ts'
import { textOfUnits, unitDigits } from './decimal_units.ts'
import type { Pane } from './pane.ts'
import type { JoinedFacts } from './symbol_table.ts'

/** One revision of a window, as it stands on `market.windows`, key product. */
export interface WindowRow {
  product: string
  /** Seconds since the epoch; the window is [start, end). */
  start: number
  end: number
  trades: number
  /** Exact decimal text in base units, 8 digits; null where no trade has a size. */
  volume: string | null
  /** Exact decimal text, the sum of price times size, 16 digits. */
  notional: string | null
  /** notional / volume. */
  vwap: number | null
  /** Plain mean of the prices. */
  moving_average: number
  /** Sample standard deviation of the prices, in quote currency; null for one. */
  price_std: number | null
  /** Sample standard deviation of ln(close / close before) over the 10-second panes that hold ticks; null below two steps. */
  return_std: number | null
  open: number
  high: number
  low: number
  close: number
  /** Counts up from 1; the highest is the truth. */
  revision: number
  /** No trade will change it any more. */
  final: boolean
  /** A ticker tells prices only. */
  source: 'trades' | 'ticker'
}

export type WindowValues = Omit<WindowRow, 'product' | 'start' | 'end' | 'revision' | 'final' | 'source'>

/** Folds the panes of a window, in the order of time; at least one. */
export function valuesOf(panes: readonly Pane[]): WindowValues {
  let [trades, sized] = [0, 0]
  let [prices, squares, volume, notional] = [0n, 0n, 0n, 0n]
  let [high, low] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const pane of panes) {
    trades += pane.ticks
    sized += pane.sized
    prices += pane.prices.value
    squares += pane.squares.value
    if (pane.sized > 0) {
      volume += pane.volume.value
      notional += pane.notional.value
    }
    high = Math.max(high, pane.high)
    low = Math.min(low, pane.low)
  }
  return {
    trades,
    volume: sized > 0 ? textOfUnits(volume, unitDigits) : null,
    notional: sized > 0 ? textOfUnits(notional, 2 * unitDigits) : null,
    vwap: sized > 0 ? quotient(notional, volume) : null,
    moving_average: quotient(prices, BigInt(trades)),
    price_std: trades > 1 ? deviation(prices, squares, BigInt(trades)) : null,
    return_std: returnDeviation(panes),
    open: panes[0].open,
    high,
    low,
    close: panes[panes.length - 1].close,
  }
}

/** a / b of 10^-8, from exact whole numbers. */
function quotient(a: bigint, b: bigint): number {
  return Number(a) / Number(b) / 1e8
}

/** Of exact sums, so nothing is lost where the deviation is tiny beside the price. */
function deviation(sum: bigint, squares: bigint, n: bigint): number {
  return Math.sqrt(Number(n * squares - sum * sum) / Number(n * (n - 1n))) / 1e8
}

function returnDeviation(panes: readonly Pane[]): number | null {
  const n = panes.length - 1
  if (n < 2) return null
  const returns = new Float64Array(n)
  let sum = 0
  for (let i = 0; i < n; i++) {
    returns[i] = log(panes[i + 1].close / panes[i].close)
    sum += returns[i]
  }
  let squares = 0
  for (const one of returns) squares += (one - sum / n) * (one - sum / n)
  return Math.sqrt(squares / (n - 1))
}

/** A revision of a window as it stands on its topic, with what its product was at its last tick. */
export function encodeWindow(row: WindowRow, facts: JoinedFacts): string {
  return JSON.stringify({ ...row, ...facts })
}

/** @returns null where the text is no revision of a window. */
export function decodeWindow(text: string): WindowRow | null {
  return decodeRecord<WindowRow>(
    text,
    ({ product, start, end, revision, open, close, volume, return_std }) =>
      typeof product === 'string' &&
      (volume === null || Number.isFinite(Number(volume))) &&
      (return_std === null || Number.isFinite(return_std)) &&
      [start, end, revision, open, close].every(Number.isFinite),
  )
}
