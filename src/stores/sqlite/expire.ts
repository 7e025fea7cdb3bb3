import type { DatabaseSync } from 'node:sqlite'
import type { Row, Table } from '../tables.ts'
import { lifetimeOf } from '../tables.ts'

/** Takes away what is older than its table keeps, inside the transaction that wrote these rows. */
export type Expire = (database: DatabaseSync, table: Table, rows: readonly Row[]) => void

/** So many seconds of the market lie between two looks at a table at least: what leaves with one is about what came since. */
const betweenLooks = 60

/**
 * Goes by the newest row that came, not by a clock, so that what is replayed of an old day stays for as long as what comes live. Each
 * product is found, and what is old of it, by the key: no look reads what stays. The file keeps its size; its pages are used again.
 */
export function expiry(): Expire {
  const looked = new Map<Table, number>()
  return (database, table, rows) => {
    const newest = rows.reduce((latest, { window_end }) => Math.max(latest, Number(window_end)), 0)
    if (newest < (looked.get(table) ?? 0) + betweenLooks) return
    looked.set(table, newest)
    const until = newest - lifetimeOf(table)
    const { name } = table
    const next = database.prepare(`SELECT min(product) AS product FROM ${name} WHERE product > ?`)
    const remove = database.prepare(`DELETE FROM ${name} WHERE product = ? AND window_start < ? AND window_end <= ?`)
    for (let product = next.get('')?.product; typeof product === 'string'; product = next.get(product)?.product)
      remove.run(product, until, until)
  }
}
