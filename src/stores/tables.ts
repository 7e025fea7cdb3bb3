/** Moments are seconds since the epoch in a row; decimals are exact text. */
export type ColumnType = 'text' | 'moment' | 'whole' | 'real' | 'decimal' | 'flag' | 'bytes'

export interface Table {
  name: string
  /** A row each; the one of the highest revision. */
  key: readonly string[]
  columns: Readonly<Record<string, ColumnType>>
}

export type Row = Record<string, string | number | boolean | Uint8Array | null>

/** Of the tables of every store. One that has a higher number was made by a newer spike60. */
export const tablesVersion = 2

const prices = { open: 'real', high: 'real', low: 'real', close: 'real' } as const
const span = { product: 'text', window_start: 'moment', window_end: 'moment' } as const
const state = { revision: 'whole', final: 'flag', source: 'text' } as const

/** The highest revision of each window of `market.windows`. */
export const windowsTable: Table = {
  name: 'market_windows',
  key: ['product', 'window_start', 'window_end'],
  columns: {
    ...{ ...span, trades: 'whole', volume: 'decimal', notional: 'decimal' },
    ...{ vwap: 'real', moving_average: 'real', price_std: 'real', return_std: 'real' },
    ...{ ...prices, ...state, base_asset: 'text', quote_asset: 'text', category: 'text' },
  },
}

/** Those of `market.candles`; folded from trades and the exchange's own stand beside each other. */
export const candlesTable: Table = {
  name: 'market_candles',
  key: ['product', 'window_start', 'window_end', 'source'],
  columns: { ...span, ...prices, volume: 'decimal', trades: 'whole', ...state },
}

/** Microseconds since the epoch, beside the minute that it lies in. */
const tradeKey = { ...span, time_us: 'whole', trade_id: 'text', price: 'real', size: 'real' } as const
const aggregates: Table['columns'] = {
  ...{ vwap_1min: 'real', vwap_5min: 'real', rolling_avg_5min: 'real', volume_zscore: 'real' },
  ...{ volume_zscore_minute: 'real', price_momentum: 'real' },
}

/** Trades of `market.scored`; of one time there may be several. */
export const tradesTable: Table = {
  name: 'market_trades',
  key: ['product', 'window_start', 'time_us', 'trade_id'],
  columns: {
    ...{ ...tradeKey, ...aggregates, vwap_deviation_pct: 'real', trade_frequency: 'real' },
    ...{ anomaly_score: 'real', anomaly: 'flag', model_version: 'whole', ...state },
  },
}

/** Minutes of `market.aggregations`. */
export const aggregationsTable: Table = {
  name: 'market_aggregations',
  key: ['product', 'window_start'],
  columns: { ...span, ...aggregates, trades: 'whole', volume: 'real', close: 'real', ...state },
}

/** Trades of `market.anomalies`; `feature_vector` is JSON. */
export const anomaliesTable: Table = {
  name: 'market_anomalies',
  key: ['product', 'window_start', 'time_us', 'trade_id'],
  columns: {
    ...{ ...tradeKey, anomaly_score: 'real', model_version: 'whole', feature_vector: 'text' },
    ...{ scored: 'whole', flagged: 'whole', contamination: 'real', ...state },
  },
}

/** Articles of `market.sentiment`; their minute is that of publication, `source` the publisher. */
export const sentimentTable: Table = {
  name: 'market_sentiment',
  key: ['product', 'window_start', 'article_id'],
  columns: {
    ...{ ...span, time_us: 'whole', article_id: 'text', headline: 'text', url: 'text', sentiment_score: 'real' },
    ...{ sentiment_label: 'text', correlated_anomaly: 'flag', volume_zscore_at_publish: 'real' },
    ...{ correlation_strength: 'text', base_rate: 'real', ...state },
  },
}

/** All that records become rows of. */
export const rowTables: readonly Table[] = [
  ...[windowsTable, candlesTable, tradesTable, aggregationsTable, anomaliesTable, sentimentTable],
]

const [hours, days] = [3600, 86_400]

/** Seconds after the end of a row's minute or window for which a hot store keeps it. */
export const lifetimeOf = (table: Table): number =>
  table === tradesTable ? 48 * hours : (table === anomaliesTable || table === sentimentTable ? 30 : 7) * days

/** Records that are no row, each with its place and bytes. */
export const refusedTable: Table = {
  name: 'store_refused',
  key: ['topic', 'partition', 'record_offset'],
  columns: { topic: 'text', partition: 'whole', record_offset: 'whole', reason: 'text', value: 'bytes' },
}

/** Days of a lake stand in folders of their own; refused records have no day. */
export const isByDay = (table: Table): boolean => 'window_start' in table.columns

/** The clause that lets the higher revision win, for an `INSERT … ` into the table; the same in SQLite and Postgres. */
export function onConflict({ name, key, columns }: Table): string {
  const others = Object.keys(columns).filter(column => !key.includes(column))
  const sets = others.map(column => `${column} = excluded.${column}`)
  return `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${sets.join(', ')} WHERE excluded.revision > ${name}.revision`
}

/** `CREATE TABLE` with the types of an engine; what may be null is what a row may lack. */
export function createTable({ name, key, columns }: Table, types: Record<ColumnType, string>): string {
  const lines = Object.entries(columns).map(([column, type]) => {
    const needed = key.includes(column) || column in state
    return `${column} ${types[type]}${needed ? ' NOT NULL' : ''}`
  })
  return `CREATE TABLE ${name} (${lines.join(', ')}, PRIMARY KEY (${key.join(', ')}))`
}
