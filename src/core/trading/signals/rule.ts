import type { IndicatorRow } from '../../indicators/candle_indicators.ts'
import type { Json } from '../../indicators/indicator.ts'

export type Signal = 'BUY' | 'SELL' | 'HOLD'

/** What a rule looks at, once a closed candle. */
export interface RuleInput extends IndicatorRow {
  /**
   * How high the probability of a volatility spike in the next 60 s is among those before it, 0 to 1; null where nothing is
   * known. Absent without a model.
   */
  spike?: number | null
}

/** A signal with the reason in words, which goes into the ledger with each fill. */
export interface Decision {
  signal: Signal
  reason: string
}

/** A trading rule: one decision a candle, from that candle and those before it. Null compares with nothing. */
export interface Rule {
  readonly name: string
  make(): RunningRule
}

export interface RunningRule {
  decide(input: RuleInput): Decision
  state(): Json
  restore(state: Json): void
}

/** The band of the RSI in which a crossing upwards is bought, its ends outside; above it a price is called overbought. */
export const [rsiFloor, rsiCeiling] = [50, 70]

export const hold: Decision = { signal: 'HOLD', reason: 'none of the rule' }

export function isInBand(rsi: number | null): boolean {
  return rsi !== null && rsi > rsiFloor && rsi < rsiCeiling
}

export function isOverbought(rsi: number | null): boolean {
  return rsi !== null && rsi > rsiCeiling
}
