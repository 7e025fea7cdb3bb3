import type { Row, Table } from './tables.ts'

/** A row as the drivers give it, as ours. */
export function rowFrom({ columns }: Table, found: Record<string, unknown>): Row {
  const cells = Object.entries(columns).map(([column, type]) => {
    const value = found[column]
    if (value instanceof Date) return [column, value.getTime() / 1000]
    return [column, type === 'flag' && value !== null ? Boolean(value) : value]
  })
  return Object.fromEntries(cells) as Row
}
