/** Rows in memory, sorted by (product, time), one typed array a column; NaN is null. */
export interface FeatureTable {
  rows: number
  /** Product of each row. */
  product: string[]
  /** T of each row: microseconds since the epoch, UTC. */
  time: Float64Array
  /** Feature columns by name, in the order of the spec. */
  columns: Record<string, Float64Array>
  /** Standard deviation of the 60 returns after T; NaN where one is missing. */
  sigma_future: Float64Array
  /** 1, 0 or NaN; only after tau is known. */
  label?: Float64Array
}

/** The rows of `table` at the given indices, in that order. */
export function takeRows(table: FeatureTable, indices: ArrayLike<number>): FeatureTable {
  const take = (column: Float64Array): Float64Array => {
    const taken = new Float64Array(indices.length)
    for (let i = 0; i < indices.length; i++) taken[i] = column[indices[i]]
    return taken
  }
  return {
    rows: indices.length,
    product: Array.from(indices, i => table.product[i]),
    time: take(table.time),
    columns: Object.fromEntries(Object.entries(table.columns).map(([name, column]) => [name, take(column)])),
    sigma_future: take(table.sigma_future),
    ...(table.label && { label: take(table.label) }),
  }
}

/** The order of (product, time) as indices; null where the rows have it already. */
export function rowOrder({ rows, product, time }: Pick<FeatureTable, 'rows' | 'product' | 'time'>): Uint32Array | null {
  const compare = (a: number, b: number): number =>
    product[a] < product[b] ? -1 : product[a] > product[b] ? 1 : time[a] - time[b]
  let ordered = true
  for (let row = 1; ordered && row < rows; row++) ordered = compare(row - 1, row) <= 0
  return ordered ? null : Uint32Array.from({ length: rows }, (_, row) => row).sort(compare)
}

/** Indices of all rows of a table. */
export function everyRow({ rows }: Pick<FeatureTable, 'rows'>): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row)
}

/** Times of the first and the last row of any product, microseconds. */
export function timeRange({ rows, time }: FeatureTable): [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let row = 0; row < rows; row++) {
    first = Math.min(first, time[row])
    last = Math.max(last, time[row])
  }
  return [first, last]
}
