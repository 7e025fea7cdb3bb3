import type { CandleValues } from '../events/candle_values.ts'
import { gainOf, lossOf, strengthOf, wilderStrengthOf } from './changes.ts'
import type { Indicator, Json, RunningIndicator } from './indicator.ts'
import { RecentValues } from './recent_values.ts'

/** How gains and losses are averaged: names that stand in configurations, rows and reports. */
export const rsiKinds = ['seed', 'cutler', 'wilder'] as const
export type RsiKind = (typeof rsiKinds)[number]

export const rsiLength = 14

/**
 * Relative strength index of 14 closes.
 * `seed`: simple means of gains and losses over the last rows there are, the first row with 0 of either; null without loss, as
 * Spark divides by 0. `cutler`: the same means once 14 changes are there; 100 without loss, 50 where nothing moved.
 * `wilder`: J. W. Wilder 1978, as TA-Lib and TradingView draw it: the mean of the first 14 changes, then avg = (13 avg + x) / 14.
 */
export function rsi(kind: RsiKind): Indicator<CandleValues, number> {
  const needs = kind === 'seed' ? 2 : rsiLength + 1
  const make = { seed: () => simple('seed'), cutler: () => simple('cutler'), wilder }[kind]
  return { name: `rsi_${kind}`, reads: ['candle'], needs, make }
}

function simple(kind: 'seed' | 'cutler'): RunningIndicator<CandleValues, number> {
  const [gains, losses] = [new RecentValues(rsiLength), new RecentValues(rsiLength)]
  let before: number | null = null
  return {
    push({ close }) {
      const from = before
      before = close
      if (from === null && kind === 'cutler') return null
      gains.push(from === null ? 0 : gainOf(from, close))
      losses.push(from === null ? 0 : lossOf(from, close))
      const [gain, loss] = [gains.mean(), losses.mean()]
      if (kind === 'cutler') return gains.isFull ? strengthOf(gain, loss) : null
      return loss === 0 ? null : strengthOf(gain, loss)
    },
    reset() {
      before = null
      gains.clear()
      losses.clear()
    },
    state: (): Json => ({ before, gains: gains.toArray(), losses: losses.toArray() }),
    restore(state) {
      const former = state as { before: number | null; gains: number[]; losses: number[] }
      before = former.before
      gains.restore(former.gains)
      losses.restore(former.losses)
    },
  }
}

/** `gain` and `loss` are sums until 14 changes are there, averages from then on. */
interface WilderState {
  before: number | null
  changes: number
  gain: number
  loss: number
}

function wilder(): RunningIndicator<CandleValues, number> {
  const fresh: WilderState = { before: null, changes: 0, gain: 0, loss: 0 }
  let now = { ...fresh }
  return {
    push({ close }) {
      const { before } = now
      now.before = close
      if (before === null) return null
      const [gain, loss] = [gainOf(before, close), lossOf(before, close)]
      if (now.changes >= rsiLength) {
        now.gain = (now.gain * (rsiLength - 1) + gain) / rsiLength
        now.loss = (now.loss * (rsiLength - 1) + loss) / rsiLength
      } else {
        now.changes++
        now.gain += gain
        now.loss += loss
        if (now.changes < rsiLength) return null
        now.gain /= rsiLength
        now.loss /= rsiLength
      }
      return wilderStrengthOf(now.gain, now.loss)
    },
    reset() {
      now = { ...fresh }
    },
    state: (): Json => ({ ...now }),
    restore(state) {
      now = { ...(state as unknown as WilderState) }
    },
  }
}
