import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { SpikeError } from '../../errors.ts'
import { keepOthers } from '../../files/keep_others.ts'
import { candlesTable, createTable, rowTables, type Table, tablesVersion, windowsTable } from '../tables.ts'

/** Marks a database as a store of ours ("sp6s"). */
const applicationId = 0x73703673

/** Decimals are text: a number of SQLite would round them. Moments are seconds since the epoch. */
const types = {
  ...{ text: 'TEXT', moment: 'INTEGER', whole: 'INTEGER', real: 'REAL' },
  ...{ decimal: 'TEXT', flag: 'INTEGER', bytes: 'BLOB' },
}

const made = (table: Table): string => `${createTable(table, types)} STRICT, WITHOUT ROWID;`

const tables = `
${rowTables.map(made).join('\n')}
CREATE TABLE store_writers (topic TEXT PRIMARY KEY, topic_id TEXT NOT NULL, holder TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT;
CREATE TABLE store_positions (topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)) STRICT;
CREATE TABLE store_refused (topic TEXT NOT NULL, partition INTEGER NOT NULL, record_offset INTEGER NOT NULL,
  reason TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (topic, partition, record_offset)) STRICT;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${tablesVersion};
`

/**
 * Looks at a file before any work. One whose last writer was killed says what it is only once it is opened: `prepareTables` looks.
 * @throws SpikeError BAD_FILE where it is no store of ours.
 */
export function refuseOtherStore(path: string): void {
  if (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size) return
  keepOthers([path], first => {
    const head = Buffer.from(first, 'latin1')
    return first.startsWith('SQLite format 3\0') && head.readUInt32BE(68) === applicationId
  })
}

/**
 * Makes the tables of an empty database, and brings those of a former version forward, inside a transaction.
 * @throws SpikeError STORE_REFUSED for one of somebody else, or newer.
 */
export function prepareTables(database: DatabaseSync, path: string): void {
  const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name]
  const isEmpty = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0
  if (isEmpty && pragma('application_id') === 0) {
    database.exec(tables)
    return
  }
  if (pragma('application_id') !== applicationId)
    throw new SpikeError('STORE_REFUSED', `${path}: a SQLite database of something else; name another file`)
  const version = Number(pragma('user_version'))
  if (version > tablesVersion)
    throw new SpikeError(
      'STORE_REFUSED',
      `${path}: its tables have version ${version}, this spike60 knows ${tablesVersion}; use the spike60 that made them, or another file`,
    )
  if (version === tablesVersion) return
  // Version 1 had windows and candles.
  for (const table of rowTables) if (![windowsTable, candlesTable].includes(table)) database.exec(made(table))
  database.exec(`PRAGMA user_version = ${tablesVersion}`)
}
