import type { Connection, RowDataPacket } from 'mysql2/promise'
import { SpikeError } from '../../errors.ts'
import { type ColumnType, refusedTable, rowTables, type Table, tablesVersion } from '../tables.ts'

/** Decimals are text: the server's own end at 30 digits and round. Moments are UTC. */
const types: Record<ColumnType, string> = {
  ...{ text: 'TEXT', moment: 'DATETIME', whole: 'BIGINT', real: 'DOUBLE' },
  ...{ decimal: 'VARCHAR(122)', flag: 'BOOLEAN', bytes: 'LONGBLOB' },
}
/** A text in a key has a length; records have no longer ones. */
const keyText = 'VARCHAR(200)'

function createTable({ name, key, columns }: Table): string {
  const lines = Object.entries(columns).map(([column, type]) => {
    const isKey = key.includes(column)
    return `\`${column}\` ${isKey && type === 'text' ? keyText : types[type]}${isKey || column === 'revision' ? ' NOT NULL' : ''}`
  })
  return `CREATE TABLE IF NOT EXISTS ${name} (${lines.join(', ')}, PRIMARY KEY (${key.map(column => `\`${column}\``).join(', ')}))`
}

const decimals = ['volume', 'notional'].map(column => `CAST(w.${column} AS DECIMAL(38, 16)) AS ${column}`)
const latest = `CREATE OR REPLACE VIEW market_windows_latest AS
SELECT w.product, w.window_start, w.window_end, w.trades, ${decimals.join(', ')}, w.vwap, w.moving_average, w.price_std, w.close, w.final
FROM market_windows w JOIN (SELECT product, TIMESTAMPDIFF(SECOND, window_start, window_end) AS seconds, MAX(window_start) AS window_start
  FROM market_windows GROUP BY 1, 2) n
ON w.product = n.product AND w.window_start = n.window_start AND TIMESTAMPDIFF(SECOND, w.window_start, w.window_end) = n.seconds`

/**
 * Makes the tables that are not there; the version last, since each statement is a transaction of its own.
 * @throws SpikeError STORE_REFUSED where they are of a newer version.
 */
export async function prepareTables(connection: Connection, place: string): Promise<void> {
  const [[{ told }]] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS told')
  // Of both servers the one that tells `a` from `A` and from `a `.
  const collation = /mariadb/i.test(told) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
  const kind = `ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE ${collation}`
  const made = [
    ...[...rowTables, refusedTable].map(createTable),
    `CREATE TABLE IF NOT EXISTS store_writers (topic ${keyText} PRIMARY KEY, topic_id TEXT NOT NULL, holder TEXT NOT NULL, epoch INT NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS store_positions (topic ${keyText}, \`partition\` INT, next_offset BIGINT NOT NULL, PRIMARY KEY (topic, \`partition\`))`,
    'CREATE TABLE IF NOT EXISTS store_version (version INT PRIMARY KEY)',
  ]
  const [there] = await connection.query<RowDataPacket[]>(`SHOW TABLES LIKE 'store_version'`)
  const [found] =
    there.length > 0
      ? await connection.query<RowDataPacket[]>('SELECT max(version) AS version FROM store_version')
      : [[]]
  const version = Number(found[0]?.version ?? 0)
  if (version > tablesVersion)
    throw new SpikeError(
      'STORE_REFUSED',
      `${place}: its tables have version ${version}, this spike60 knows ${tablesVersion}; use the spike60 that made them, or another database`,
    )
  if (version === tablesVersion) return
  for (const sql of made) await connection.query(`${sql} ${kind}`)
  await connection.query(latest)
  await connection.query('INSERT IGNORE INTO store_version VALUES (?)', [tablesVersion])
}
