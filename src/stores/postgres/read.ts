import pg from 'pg'
import { rowFrom } from '../row_from.ts'
import type { Row, Table } from '../tables.ts'
import { faultOf } from './faults.ts'

/** See `readTable`; of Redshift too. */
export async function* readRows(address: string, table: Table, most: number): AsyncGenerator<Row[]> {
  const url = new URL(address)
  if (url.protocol === 'redshift:' && url.port === '') url.port = '5439'
  const connectionString = url.href.replace(/^redshift:/, 'postgres:')
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 10_000,
    application_name: 'spike60 export',
  })
  const place = `${url.protocol}//${client.host}:${client.port}/${client.database ?? ''}`
  client.on('error', () => {})
  const names = (columns: readonly string[]): string => columns.map(column => `"${column}"`).join(', ')
  try {
    await client.connect()
    await client.query('BEGIN READ ONLY')
    await client.query(
      `DECLARE told CURSOR FOR SELECT ${names(Object.keys(table.columns))} FROM ${table.name} ORDER BY ${names(table.key)}`,
    )
    for (;;) {
      const { rows } = await client.query<Record<string, unknown>>(`FETCH FORWARD ${most} FROM told`)
      if (rows.length === 0) return
      yield rows.map(row => rowFrom(table, row))
    }
  } catch (error) {
    throw faultOf(error, place)
  } finally {
    await client.end().catch(() => {})
  }
}
