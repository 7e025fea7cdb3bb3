import type { FeatureTable } from '../../features/table.ts'

/** What is known of rows that are judged, one value per row; rows of one group and product are in order of time. */
export interface JudgedRows {
  /** Rows that belong together: a day of captures, or one segment. */
  group: string[]
  product: string[]
  /** T in microseconds. */
  time: Float64Array
  label: Float64Array
  /** sigma_future. */
  sigma: Float64Array
  tau: Float64Array
  /** volatility_60s and volatility_300s, NaN for null: onsets and regimes. */
  volatility: Float64Array
  level: Float64Array
}

/** The given rows of a table, all of one group. @param labels one per row of the table. */
export function judgedRows(
  table: FeatureTable,
  rows: Int32Array,
  labels: Float64Array,
  tau: Record<string, number>,
  group: string,
): JudgedRows {
  const at = (values: Float64Array): Float64Array => Float64Array.from(rows, row => values[row])
  const product = Array.from(rows, row => table.product[row])
  return {
    group: product.map(() => group),
    product,
    time: at(table.time),
    label: at(labels),
    sigma: at(table.sigma_future),
    tau: Float64Array.from(product, name => tau[name]),
    volatility: at(table.columns.volatility_60s),
    level: at(table.columns.volatility_300s),
  }
}

/** The rows of several folds, one after the other. */
export function joinJudgedRows(parts: JudgedRows[]): JudgedRows {
  const texts = (key: 'group' | 'product'): string[] => parts.flatMap(part => part[key])
  const numbers = (key: Exclude<keyof JudgedRows, 'group' | 'product'>): Float64Array =>
    joinColumns(parts.map(part => part[key]))
  return {
    group: texts('group'),
    product: texts('product'),
    time: numbers('time'),
    label: numbers('label'),
    sigma: numbers('sigma'),
    tau: numbers('tau'),
    volatility: numbers('volatility'),
    level: numbers('level'),
  }
}

export function joinColumns(columns: Float64Array[]): Float64Array {
  return Float64Array.from(columns.flatMap(column => Array.from(column)))
}
