import type { Client } from 'pg'
import { SpikeError } from '../../errors.ts'
import { createTable, refusedTable, rowTables, type Table, windowsTable } from '../tables.ts'
import { createHours, sumByHour } from './hours.ts'

/** "sp60" and "sp61" as numbers: of tables, which are made before the writer's own row is locked, and of days, after it. */
const lockNumbers = { tables: 0x73703630, days: 0x73703631 }
/** Of these tables: 2 has trades, minutes, anomalies and articles besides, 3 has days and hours. */
const version = 3
const daySeconds = 86_400
/** Days that are made ahead, so that midnight waits for nobody's reading. */
const daysAhead = 2

const types = {
  ...{ text: 'text', moment: 'timestamptz', whole: 'bigint' },
  ...{ real: 'double precision', decimal: 'numeric', flag: 'boolean', bytes: 'bytea' },
}

/** A partition a day of `window_start`, and BRIN on it, some kilobytes each. */
const createByDay = (table: Table): string => `
${createTable(table, types)} PARTITION BY RANGE (window_start);
CREATE INDEX ${table.name}_start ON ${table.name} USING brin (window_start);`

const tables = `
${rowTables.map(createByDay).join('\n')}
${createHours}
CREATE TABLE store_writers (topic text PRIMARY KEY, topic_id text NOT NULL, holder text NOT NULL, epoch integer NOT NULL);
CREATE TABLE store_positions (topic text NOT NULL, partition integer NOT NULL, next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition));
${createTable(refusedTable, types)};
CREATE TABLE store_version (version integer NOT NULL);
INSERT INTO store_version VALUES (${version});
`

/**
 * Makes the tables where there are none, and brings those of a former version forward, inside a transaction, on the search path of
 * whoever connects.
 * @throws SpikeError STORE_REFUSED where they are of a newer version.
 */
export async function prepareTables(client: Client, place: string): Promise<void> {
  await lockMaking(client, 'tables')
  const { rows } = await client.query<{ there: string | null }>(`SELECT to_regclass('store_version') AS there`)
  if (rows[0].there === null) {
    await client.query(tables)
    return
  }
  const found = (await client.query<{ version: number }>('SELECT version FROM store_version')).rows[0]?.version
  if (found === undefined || found > version)
    throw new SpikeError(
      'STORE_REFUSED',
      `${place}: its tables have version ${found ?? 'none'}, this spike60 knows ${version}; use the spike60 that made them, or another database or schema`,
    )
  if (found === version) return
  for (const table of rowTables) await partitionByDay(client, table)
  await client.query(createHours)
  await client.query(sumByHour(`FROM ${windowsTable.name} s`, '0', 'true'))
  await client.query('UPDATE store_version SET version = $1', [version])
}

/** Moves the rows of a table that has no days into one that has; makes it where version 1 had none. */
async function partitionByDay(client: Client, table: Table): Promise<void> {
  const { rows } = await client.query<{ there: string | null }>('SELECT to_regclass($1) AS there', [table.name])
  if (rows[0].there === null) {
    await client.query(createByDay(table))
    return
  }
  await client.query(`DROP INDEX IF EXISTS ${table.name}_start`)
  await client.query(`ALTER TABLE ${table.name} RENAME TO ${table.name}_former`)
  await client.query(`ALTER TABLE ${table.name}_former DROP CONSTRAINT ${table.name}_pkey`)
  await client.query(createByDay(table))
  const days = await client.query<{ day: string }>(
    `SELECT DISTINCT floor(extract(epoch FROM window_start) / ${daySeconds}) AS day FROM ${table.name}_former`,
  )
  await makeDays(
    client,
    table,
    days.rows.map(({ day }) => Number(day)),
  )
  const columns = Object.keys(table.columns).join(', ')
  await client.query(`INSERT INTO ${table.name} (${columns}) SELECT ${columns} FROM ${table.name}_former`)
  await client.query(`DROP TABLE ${table.name}_former`)
}

/** Until the end of the transaction nobody else makes any: two processes that begin at once make them once. */
export async function lockMaking(client: Client, what: keyof typeof lockNumbers): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [lockNumbers[what]])
}

/** Makes the partitions of days, given as whole days since the epoch, where there are none, and some ahead of each. */
export async function makeDays(client: Client, { name }: Table, days: Iterable<number>): Promise<void> {
  const all = new Set([...days].flatMap(day => Array.from({ length: 1 + daysAhead }, (_, ahead) => day + ahead)))
  for (const day of [...all].sort((a, b) => a - b)) {
    const digits = new Date(1000 * daySeconds * day).toISOString().slice(0, -14).replace(/\D/g, '')
    const [from, to] = [day, day + 1].map(one => `to_timestamp(${daySeconds * one})`)
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${name}_${digits} PARTITION OF ${name} FOR VALUES FROM (${from}) TO (${to})`,
    )
  }
}

/** Day of a moment in seconds. */
export const dayOf = (moment: number): number => Math.floor(moment / daySeconds)
