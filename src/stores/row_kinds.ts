import { z } from 'zod'
import {
  aggregationsTable,
  anomaliesTable,
  candlesTable,
  type Row,
  sentimentTable,
  type Table,
  tradesTable,
  windowsTable,
} from './tables.ts'

/** What records of one kind are, and the rows that they become. */
interface RowKind {
  name: string
  table: Table
  /** A field that no other kind has; the last kind is what has none of these. */
  by?: string
  schema: z.ZodType<Row>
}

const shortText = (most: number): z.ZodString =>
  z
    .string()
    .max(most)
    .regex(/^[^\0]*$/)
const text = shortText(200)
/** Until the year 9999. */
const seconds = z.int().min(0).max(253_402_300_799)
const micros = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const decimal = z.string().regex(/^-?\d{1,60}(\.\d{1,60})?$/)
const number = z.number().nullable()
const span = { product: text, start: seconds, end: seconds }
const prices = { open: z.number(), high: z.number(), low: z.number(), close: z.number() }
const state = { revision: z.int().min(1), final: z.boolean() }
const trade = { product: text, id: text, time: micros, price: z.number(), size: z.number() }
const aggregates = {
  ...{ vwap_1min: number, vwap_5min: number, rolling_avg_5min: number, volume_zscore: number },
  ...{ volume_zscore_minute: number, price_momentum: number },
}
/** Of what is told once. */
const once = { revision: 1, final: true, source: 'trades' }

/** The minute that a time in microseconds lies in, in seconds. */
function minuteOf(time: number): { window_start: number; window_end: number } {
  const window_start = 60 * Math.floor(time / 60e6)
  return { window_start, window_end: window_start + 60 }
}

/** Of what was just read; the row tells `start` and `end` besides. */
function spanned<Told extends { start: number; end: number }>(told: Told) {
  return Object.assign(told, { window_start: told.start, window_end: told.end })
}

function timed<Told extends { id: string; time: number }>({ id, time, ...told }: Told) {
  return { ...told, ...once, ...minuteOf(time), time_us: time, trade_id: id }
}

const window = z.object({
  ...{ ...span, trades: z.int(), volume: decimal.nullable(), notional: decimal.nullable(), vwap: number },
  ...{ moving_average: z.number(), price_std: number, return_std: number, ...prices },
  ...{ ...state, source: z.enum(['trades', 'ticker']), base_asset: text, quote_asset: text, category: text },
})
const anomaly = z.object({
  ...{ ...trade, anomaly_score: z.number(), model_version: z.int(), feature_vector: z.record(text, z.number()) },
  ...{ scored: z.int(), flagged: z.int(), contamination: number },
})
const scored = z.object({
  ...{ ...trade, ...aggregates, vwap_deviation_pct: number, trade_frequency: number },
  ...{ anomaly_score: number, anomaly: z.boolean().nullable(), model_version: z.int().nullable() },
})
const minute = z.object({ ...span, ...aggregates, trades: z.int(), volume: z.number(), close: z.number() })
const article = z.object({
  ...{
    product: text,
    id: text,
    time: micros,
    headline: shortText(2000),
    url: shortText(2000),
    source: shortText(2000),
  },
  ...{ sentiment_score: z.number(), sentiment_label: text, correlated_anomaly: z.boolean().nullable() },
  ...{ volume_zscore_at_publish: number, correlation_strength: text.nullable(), base_rate: number, ...state },
})
const candle = z.object({
  ...{ ...span, ...prices, volume: decimal.nullable(), trades: z.int().nullable() },
  ...{ ...state, source: z.enum(['trades', 'exchange']) },
})

const kinds: readonly RowKind[] = [
  { name: 'window', table: windowsTable, by: 'moving_average', schema: window.transform(spanned) },
  {
    ...{ name: 'anomaly', table: anomaliesTable, by: 'feature_vector' },
    schema: anomaly.transform(({ feature_vector, ...told }) => ({
      ...timed(told),
      feature_vector: JSON.stringify(feature_vector),
    })),
  },
  { name: 'trade', table: tradesTable, by: 'anomaly_score', schema: scored.transform(timed) },
  {
    ...{ name: 'minute', table: aggregationsTable, by: 'volume_zscore_minute' },
    schema: minute.transform(told => ({ ...spanned(told), ...once })),
  },
  {
    ...{ name: 'article', table: sentimentTable, by: 'sentiment_score' },
    schema: article.transform(({ id, time, ...told }) => ({
      ...told,
      ...minuteOf(time),
      time_us: time,
      article_id: id,
    })),
  },
  { name: 'candle', table: candlesTable, schema: candle.transform(spanned) },
]

/** @returns why a record is no row where it is none. */
export function rowOf(value: string): { table: Table; row: Row } | string {
  const told = parse(value)
  if (told === undefined) return 'not_json'
  const { reason, retry_count } = Object(told)
  // A dead letter that was tried again and again.
  if (retry_count !== undefined && /^\w{1,100}$/.test(String(reason))) return `given up: ${reason}`
  const { name, table, schema } = kinds.find(({ by }) => by === undefined || Object.hasOwn(Object(told), by))!
  const { data, error } = schema.safeParse(told)
  return data === undefined
    ? `${name}: ${error.issues[0].path.join('.')} ${error.issues[0].message}`
    : { table, row: data }
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
