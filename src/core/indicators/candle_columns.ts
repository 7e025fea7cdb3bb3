import type { CandleTable } from '../events/candle_values.ts'
import type { Micros } from '../events/event.ts'
import { gainOf, lossOf, strengthOf, wilderStrengthOf } from './changes.ts'
import { growingMeans, rollingMeans } from './rolling_means.ts'
import { type RsiKind, rsiLength } from './rsi.ts'

/** The averages of the rule: the fast and the slow one. */
export const [fastLength, slowLength] = [20, 50]

/** By row; NaN for null. */
export interface IndicatorColumns {
  ma20: Float64Array
  ma50: Float64Array
  rsi: Float64Array
}

/**
 * What a window counts. `rows`: the last candles there are, however long ago, as the original, TA-Lib and all who know no time.
 * `minutes`: candles that follow each other; where one is missing everything is null until the windows are full again.
 */
export const windowKinds = ['rows', 'minutes'] as const
export type WindowKind = (typeof windowKinds)[number]

/**
 * MA20, MA50 and RSI of whole files: the same bits as `movingAverage` and `rsi` give candle by candle, some times as fast.
 * @param interval of the candles; a longer step between two of them is a gap. @param warmUp of the averages follows `kind`.
 */
export function candleColumns(
  { start, close, rows }: Pick<CandleTable, 'start' | 'close' | 'rows'>,
  kind: RsiKind,
  windows: WindowKind,
  interval: Micros,
): IndicatorColumns {
  const empty = (): Float64Array => new Float64Array(rows).fill(Number.NaN)
  const columns = { ma20: empty(), ma50: empty(), rsi: empty() }
  for (let from = 0, to = 1; to <= rows; to++) {
    const isOver = to === rows || (windows === 'minutes' && start[to] - start[to - 1] !== interval)
    if (!isOver) continue
    const run = (column: Float64Array): Float64Array => column.subarray(from, to)
    fillAverage(run(close), kind, fastLength, run(columns.ma20))
    fillAverage(run(close), kind, slowLength, run(columns.ma50))
    fillStrength[kind](run(close), run(columns.rsi))
    from = to
  }
  return columns
}

function fillAverage(close: Float64Array, kind: RsiKind, length: number, out: Float64Array): void {
  if (kind === 'seed') growingMeans(close, out, Math.min(length - 1, close.length))
  rollingMeans(close, length, out, length - 1)
}

const fillStrength: Record<RsiKind, (close: Float64Array, out: Float64Array) => void> = {
  seed(close, out) {
    const { gains, losses } = changesOf(close)
    const [gain, loss] = [new Float64Array(close.length), new Float64Array(close.length)]
    for (const [values, means] of [
      [gains, gain],
      [losses, loss],
    ]) {
      growingMeans(values, means, Math.min(rsiLength - 1, close.length))
      rollingMeans(values, rsiLength, means, rsiLength - 1)
    }
    for (let row = 0; row < close.length; row++)
      out[row] = loss[row] === 0 ? Number.NaN : strengthOf(gain[row], loss[row])
  },
  cutler(close, out) {
    const { gains, losses } = changesOf(close)
    const [gain, loss] = [new Float64Array(close.length), new Float64Array(close.length)]
    rollingMeans(gains, rsiLength, gain, rsiLength)
    rollingMeans(losses, rsiLength, loss, rsiLength)
    for (let row = rsiLength; row < close.length; row++) out[row] = strengthOf(gain[row], loss[row])
  },
  wilder(close, out) {
    let [gain, loss] = [0, 0]
    for (let row = 1; row < close.length; row++) {
      const [up, down] = [gainOf(close[row - 1], close[row]), lossOf(close[row - 1], close[row])]
      if (row > rsiLength) {
        gain = (gain * (rsiLength - 1) + up) / rsiLength
        loss = (loss * (rsiLength - 1) + down) / rsiLength
      } else {
        gain += up
        loss += down
        if (row < rsiLength) continue
        gain /= rsiLength
        loss /= rsiLength
      }
      out[row] = wilderStrengthOf(gain, loss)
    }
  },
}

function changesOf(close: Float64Array): { gains: Float64Array; losses: Float64Array } {
  const [gains, losses] = [new Float64Array(close.length), new Float64Array(close.length)]
  for (let row = 1; row < close.length; row++) {
    gains[row] = gainOf(close[row - 1], close[row])
    losses[row] = lossOf(close[row - 1], close[row])
  }
  return { gains, losses }
}

const nanBits = 0x7ff8000000000000n

/** The bytes whose SHA-256 names the rows: MA20, MA50, RSI row by row, float64 little-endian, one NaN for null, -0 as 0. */
export function indicatorBytes({ ma20, ma50, rsi }: IndicatorColumns): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(24 * ma20.length))
  let place = 0
  for (let row = 0; row < ma20.length; row++)
    for (const column of [ma20, ma50, rsi]) {
      const value = column[row]
      if (Number.isNaN(value)) bytes.setBigUint64(place, nanBits, true)
      else bytes.setFloat64(place, value + 0, true)
      place += 8
    }
  return new Uint8Array(bytes.buffer)
}
