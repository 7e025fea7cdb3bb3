import type { Client } from 'pg'
import { SpikeError } from '../../errors.ts'
import { type ColumnType, refusedTable, rowTables, type Table, tablesVersion } from '../tables.ts'

/**
 * Decimals are text: the server's own end at 38 digits. Its texts are counted in bytes, and what is no row stands in hexadecimal
 * digits, so far as they go.
 */
const types: Record<ColumnType, string> = {
  ...{ text: 'varchar(65535)', moment: 'timestamptz', whole: 'bigint', real: 'double precision' },
  ...{ decimal: 'varchar(122)', flag: 'boolean', bytes: 'varchar(65535)' },
}
/** Records have no longer texts in keys than 200 characters. */
const keyText = 'varchar(800)'

/** A word such as `open` or `partition` is reserved. */
export const name = (column: string): string => `"${column}"`

/** Slices by product, so that a batch meets what it replaces where that lies; blocks by time, so that a day is read alone. */
const byProduct = ' DISTSTYLE KEY DISTKEY ("product") COMPOUND SORTKEY ("window_start", "product")'

function createTable(table: Table): string {
  const lines = Object.entries(table.columns).map(([column, type]) => {
    const isKey = table.key.includes(column)
    return `${name(column)} ${isKey && type === 'text' ? keyText : types[type]}${isKey || column === 'revision' ? ' NOT NULL' : ''}`
  })
  return `CREATE TABLE ${table.name} (${lines.join(', ')})${'product' in table.columns ? byProduct : ''}`
}

const seconds = 'extract(epoch FROM window_end) - extract(epoch FROM window_start)'
const decimals = ['volume', 'notional'].map(
  column =>
    `CASE WHEN length(split_part(${column}, '.', 1)) <= 22 THEN CAST(${column} AS decimal(38, 16)) END AS ${column}`,
)

/** All that the store makes, in order. Keys are nowhere enforced: transactions alone keep each row once. */
const tables: readonly string[] = [
  ...[...rowTables, refusedTable].map(createTable),
  `CREATE VIEW market_windows_latest AS SELECT product, window_start, window_end, trades, ${decimals.join(', ')}, vwap, moving_average, price_std, "close", "final"
FROM (SELECT *, row_number() OVER (PARTITION BY product, ${seconds} ORDER BY window_start DESC) AS newest FROM market_windows) w WHERE newest = 1`,
  `CREATE TABLE store_writers ("topic" ${keyText} NOT NULL, "topic_id" varchar(800) NOT NULL, "holder" varchar(800) NOT NULL, "epoch" integer NOT NULL)`,
  `CREATE TABLE store_positions ("topic" ${keyText} NOT NULL, "partition" integer NOT NULL, "next_offset" bigint NOT NULL)`,
]

/** Makes the table that the lock is on. That another process made it meanwhile is told by four codes, so it is looked for instead. */
async function createVersion(client: Client): Promise<void> {
  try {
    await client.query('CREATE TABLE IF NOT EXISTS store_version (version integer NOT NULL)')
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    await client.query('SELECT version FROM store_version').catch(() => {
      throw error
    })
  }
}

/**
 * Makes the tables where there are none. The transaction that it is called in is ended, and a new one holds the lock that lets one
 * process at a time do so: what is read after it must not be older than it.
 * @throws SpikeError STORE_REFUSED where they are of a newer version.
 */
export async function prepareTables(client: Client, place: string): Promise<void> {
  await createVersion(client)
  await client.query('BEGIN')
  await client.query('LOCK store_version')
  const { rows } = await client.query<{ version: number }>('SELECT version FROM store_version')
  const found = rows[0]?.version
  if (found !== undefined && found > tablesVersion)
    throw new SpikeError(
      'STORE_REFUSED',
      `${place}: its tables have version ${found}, this spike60 knows ${tablesVersion}; use the spike60 that made them, or another database or schema`,
    )
  if (found !== undefined) return
  for (const sql of tables) await client.query(sql)
  await client.query(`INSERT INTO store_version VALUES (${tablesVersion})`)
}
