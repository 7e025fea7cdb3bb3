import type { Candle, Fill, Indicators, Prediction, Settled, Window } from './answers.ts'

/** A record of a topic, as the page has it. */
export type Live =
  | { kind: 'candle'; product: string; value: Candle }
  | { kind: 'signal'; product: string; start: number; value: Indicators }
  | { kind: 'prediction'; product: string; model: string; value: Prediction }
  | { kind: 'settled'; product: string; model: string; value: Settled }
  | { kind: 'window'; product: string; value: Window }
  | { kind: 'ledger'; product: string; value: Fill | null }

// biome-ignore lint/suspicious/noExplicitAny: a record of a topic, as the server has checked it
type Record = any
const micros = 1e-6

/** How the record of each topic is read; times become seconds. */
const readers: { [kind: string]: (record: Record) => Live } = {
  candle: record => ({
    kind: 'candle',
    product: record.product,
    value: { ...record, volume: record.volume === null ? null : Number(record.volume) },
  }),
  signal: ({ product, start, ma20, ma50, rsi }) => ({
    kind: 'signal',
    product,
    start: start * micros,
    value: { ma20, ma50, rsi },
  }),
  prediction: ({ product, model, time, probability, alarm, tau }) => ({
    kind: 'prediction',
    product,
    model,
    value: { time: time * micros, probability, alarm, tau },
  }),
  settled: ({ product, model, time, probability, label }) => ({
    kind: 'settled',
    product,
    model,
    value: { time: time * micros, probability, label },
  }),
  window: record => ({ kind: 'window', product: record.product, value: record }),
  ledger: ({ product, start, fill }) => ({
    kind: 'ledger',
    product,
    value: fill && { ...fill, start: start * micros },
  }),
}

export interface Following {
  take(live: Live): void
  /** The stream is there for the first time, or could not go on where it was: all is to be loaded anew. */
  begin(): void
  away(): void
  back(): void
}

const againMs = 2000

/** Follows the one stream of events; a browser comes back to it by itself and names the last event that it has seen. */
export function follow({ take, begin, away, back }: Following): void {
  const source = new EventSource('events')
  let isFirst = true
  source.onopen = () => {
    if (isFirst) begin()
    isFirst = false
    back()
  }
  source.addEventListener('reset', begin)
  for (const [kind, read] of Object.entries(readers))
    source.addEventListener(kind, event => take(read(JSON.parse(event.data))))
  source.onerror = () => {
    away()
    if (source.readyState !== EventSource.CLOSED) return
    setTimeout(() => follow({ take, begin, away, back }), againMs)
  }
}
