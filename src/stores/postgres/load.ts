import { once } from 'node:events'
import { setImmediate as otherWork } from 'node:timers/promises'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { onConflict, type Row, type Table, windowsTable } from '../tables.ts'
import { copyBegin, copyEnd, copyRows } from './copy_rows.ts'
import { addHours, hoursOf, sumByHour } from './hours.ts'
import { dayOf, lockMaking, makeDays } from './schema.ts'

/** What a connection has made besides, and what it has learnt of its rows. */
export interface Prepared {
  staging: Set<Table>
  days: Map<Table, Set<number>>
  /** Batches of a table that are not tried as all new, since one was not. */
  known: Map<Table, number>
}

export const nothingPrepared = (): Prepared => ({ staging: new Set(), days: new Map(), known: new Map() })

/** So many batches with rows that stood follow one, as a rule: revisions come with new windows. */
const untried = 64
const uniqueViolation = '23505'

/**
 * Brings rows into their table, inside a transaction: a higher revision replaces what stands. Rows that are all new, as where a
 * topic is read for the first time, are copied there at once; others through a staging table. The hours are kept with it.
 * @returns how many are new or replaced one.
 */
export async function mergeRows(client: Client, prepared: Prepared, table: Table, rows: Row[]): Promise<number> {
  await makeNewDays(client, prepared, table, rows)
  const left = prepared.known.get(table) ?? 0
  if (left === 0 && (await copyNew(client, table, rows))) return rows.length
  prepared.known.set(table, left === 0 ? untried : left - 1)
  return mergeStaged(client, prepared, table, rows)
}

/** @returns false where one of them stands, and nothing was done. */
async function copyNew(client: Client, table: Table, rows: Row[]): Promise<boolean> {
  try {
    await copyInto(client, 'SAVEPOINT all_new; ', table.name, table, rows)
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== uniqueViolation) throw error
    await client.query('ROLLBACK TO SAVEPOINT all_new')
    return false
  }
  if (table === windowsTable) await client.query(addHours, [JSON.stringify(hoursOf(rows))])
  return true
}

async function mergeStaged(client: Client, { staging }: Prepared, table: Table, rows: Row[]): Promise<number> {
  const name = `staging_${table.name}`
  if (!staging.has(table))
    await client.query(`CREATE TEMP TABLE IF NOT EXISTS ${name} (LIKE ${table.name}) ON COMMIT DELETE ROWS`)
  await copyInto(client, '', name, table, rows)
  const statements = []
  if (table === windowsTable) {
    // A staging table has no statistics; what it is looked up in has a key.
    statements.push('SET LOCAL enable_hashjoin = off', 'SET LOCAL enable_mergejoin = off')
    const joined = `FROM ${name} s LEFT JOIN ${table.name} w USING (${table.key.join(', ')}) WHERE (w.revision IS NULL OR s.revision > w.revision)`
    statements.push(sumByHour(joined, 'coalesce(w.$, 0)', 'w.revision IS NULL'))
  }
  const columns = Object.keys(table.columns).join(', ')
  statements.push(`INSERT INTO ${table.name} (${columns}) SELECT ${columns} FROM ${name} ${onConflict(table)}`)
  const results = [await client.query(statements.join('; '))].flat()
  staging.add(table)
  return results.at(-1)?.rowCount ?? 0
}

/** The server reads while the next rows are being written down. */
const rowsAtOnce = 500

/** @param before a statement that goes with it. */
async function copyInto(client: Client, before: string, place: string, table: Table, rows: Row[]): Promise<void> {
  const columns = Object.keys(table.columns).join(', ')
  const copying = client.query(copyFrom(`${before}COPY ${place} (${columns}) FROM STDIN BINARY`))
  const finished = once(copying, 'finish')
  // What goes wrong before the end is told at the end.
  finished.catch(() => {})
  copying.write(copyBegin)
  for (let from = 0; from < rows.length && !copying.destroyed; from += rowsAtOnce) {
    copying.write(copyRows(table, rows.slice(from, from + rowsAtOnce)))
    await otherWork()
  }
  copying.end(copyEnd)
  await finished
}

async function makeNewDays(client: Client, { days }: Prepared, table: Table, rows: Row[]): Promise<void> {
  const known = days.get(table) ?? new Set()
  const fresh = new Set(rows.map(row => dayOf(Number(row.window_start))).filter(day => !known.has(day)))
  if (fresh.size === 0) return
  await lockMaking(client, 'days')
  await makeDays(client, table, fresh)
  days.set(table, new Set([...known, ...fresh]))
}
