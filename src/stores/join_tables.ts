import type { FeatureTable } from '../core/features/table.ts'

/** One table of the rows of several that have the same columns, sorted by (product, time). */
export function joinTables(tables: FeatureTable[]): FeatureTable {
  const places = tables.flatMap((table, from) => Array.from({ length: table.rows }, (_, row) => ({ from, row })))
  const productOf = ({ from, row }: { from: number; row: number }): string => tables[from].product[row]
  const timeOf = ({ from, row }: { from: number; row: number }): number => tables[from].time[row]
  places.sort((a, b) => {
    const [p, q] = [productOf(a), productOf(b)]
    return p === q ? timeOf(a) - timeOf(b) : p < q ? -1 : 1
  })
  const joined = (columnOf: (table: FeatureTable) => Float64Array): Float64Array => {
    const columns = tables.map(columnOf)
    return Float64Array.from(places, ({ from, row }) => columns[from][row])
  }
  return {
    rows: places.length,
    product: places.map(productOf),
    time: joined(table => table.time),
    columns: Object.fromEntries(
      Object.keys(tables[0].columns).map(name => [name, joined(table => table.columns[name])]),
    ),
    sigma_future: joined(table => table.sigma_future),
  }
}
