import type { CandleValues } from '../events/candle_values.ts'
import type { Micros } from '../events/event.ts'
import { decodeRecord } from '../events/json_record.ts'
import type { Signal } from './signals/rule.ts'
import type { TraderStep } from './trader.ts'

/** What stands on the topic of signals, one record a closed candle, key product. */
export interface SignalRecord {
  product: string
  /** When the candle opened. */
  start: Micros
  open: number
  high: number
  low: number
  close: number
  volume: number
  ma20: number | null
  ma50: number | null
  rsi: number | null
  signal: Signal
  reason: string
  /** What the paper portfolio did, and has then. */
  action: Signal
  crypto: number
  budget: number
  total_value: number
}

export function encodeSignal(product: string, candle: CandleValues, { indicators, decision, row }: TraderStep): string {
  const { action, crypto, budget, total_value } = row
  const record: SignalRecord = { product, ...candle, ...indicators, ...decision, action, crypto, budget, total_value }
  return JSON.stringify(record)
}

/** @returns null where the text is no signal. */
export function decodeSignal(text: string): SignalRecord | null {
  return decodeRecord<SignalRecord>(
    text,
    ({ product, start, signal, close }) =>
      typeof product === 'string' &&
      Number.isSafeInteger(start) &&
      typeof close === 'number' &&
      (signal === 'BUY' || signal === 'SELL' || signal === 'HOLD'),
  )
}
