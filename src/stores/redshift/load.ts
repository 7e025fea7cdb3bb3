import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Client } from 'pg'
import type { Bucket } from '../s3/client.ts'
import type { Row, Table } from '../tables.ts'
import { name } from './schema.ts'

/** Where the server loads rows from, as whom; the region is the bucket's. */
export interface CopyFrom {
  bucket: Bucket
  role: string
  region: string
}

/** Values that a statement may have. */
const mostValues = 30_000
/** Bytes of a record that are kept of one that is no row: two digits each, in the longest text that there is. */
const mostKept = 32_767

/**
 * Brings rows into their table, inside a transaction: through a staging table, from which what stands as high is taken away, then
 * what stands lower is replaced.
 * @returns how many are new or replaced one.
 */
export async function mergeRows(
  client: Client,
  from: CopyFrom | undefined,
  table: Table,
  rows: Row[],
): Promise<number> {
  const staging = `staging_${table.name}`
  await client.query(`CREATE TEMP TABLE ${staging} (LIKE ${table.name})`)
  if (from === undefined) await insertRows(client, staging, table, rows)
  else await copyRows(client, from, staging, table, rows)
  const isSame = table.key.map(column => `${staging}.${name(column)} = ${table.name}.${name(column)}`).join(' AND ')
  // The days of the batch alone are looked at.
  const starts = rows.map(row => Number(row.window_start))
  const days = [Math.min, Math.max].map(end => moment(starts.reduce((a, b) => end(a, b))))
  const near = `${table.name}."window_start" BETWEEN $1 AND $2`
  await client.query(
    `DELETE FROM ${staging} USING ${table.name} WHERE ${isSame} AND ${near} AND ${table.name}."revision" >= ${staging}."revision"`,
    days,
  )
  await client.query(`DELETE FROM ${table.name} USING ${staging} WHERE ${isSame} AND ${near}`, days)
  const columns = columnsOf(table)
  const { rowCount } = await client.query(`INSERT INTO ${table.name} (${columns}) SELECT ${columns} FROM ${staging}`)
  await client.query(`DROP TABLE ${staging}`)
  return rowCount ?? 0
}

/** Sends rows in statements of many each. */
export async function insertRows(client: Client, place: string, table: Table, rows: Row[]): Promise<void> {
  const width = Object.keys(table.columns).length
  const rowsAtOnce = Math.floor(mostValues / width)
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const part = rows.slice(first, first + rowsAtOnce)
    const lines = part.map(
      (_, row) => `(${Array.from({ length: width }, (_, i) => `$${row * width + i + 1}`).join(', ')})`,
    )
    const values = part.flatMap(row => Object.values(told(table, row)))
    await client.query(`INSERT INTO ${place} (${columnsOf(table)}) VALUES ${lines.join(', ')}`, values)
  }
}

/**
 * Puts rows into the bucket, and lets the server load them. The object's name is its content: what a writer that was killed has put
 * serves the next one.
 */
async function copyRows(client: Client, from: CopyFrom, place: string, table: Table, rows: Row[]): Promise<void> {
  const { bucket, role, region } = from
  const text = rows.map(row => `${JSON.stringify(told(table, row))}\n`).join('')
  const key = `${table.name}-${createHash('sha256').update(text).digest('hex')}.json.gz`
  await bucket.putIfAbsent(key, gzipSync(text))
  const object = `${bucket.place.replace(/\/*$/, '/')}${key}`.replaceAll("'", "''")
  await client.query(
    `COPY ${place} (${columnsOf(table)}) FROM '${object}' IAM_ROLE ${role === 'default' ? role : `'${role}'`} REGION '${region}' FORMAT AS JSON 'auto' GZIP TIMEFORMAT 'auto' COMPUPDATE OFF STATUPDATE OFF`,
  )
}

const columnsOf = ({ columns }: Table): string => Object.keys(columns).map(name).join(', ')

/** A row as its columns take it. */
function told({ columns }: Table, row: Row): Record<string, unknown> {
  const cells = Object.entries(columns).map(([column, type]) => {
    const value = row[column]
    if (type === 'moment') return [column, moment(Number(value))]
    return [column, value instanceof Uint8Array ? Buffer.from(value.subarray(0, mostKept)).toString('hex') : value]
  })
  return Object.fromEntries(cells)
}

const moment = (seconds: number): string =>
  `${new Date(1000 * seconds).toISOString().slice(0, 19).replace('T', ' ')}+00`
