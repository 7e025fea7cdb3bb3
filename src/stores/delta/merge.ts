import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { makeFolder } from '../../files/place.ts'
import { quoted, withDuckDB } from '../duckdb.ts'
import { stageRows } from '../stage_rows.ts'
import { isByDay, type Row, type Table } from '../tables.ts'
import { type Action, type DataFile, syncPath } from './log.ts'
import type { DeltaTable } from './schema.ts'

/** Smaller files are put together, so that a day has few; larger ones are written anew only where a row of theirs is revised. */
const smallRows = 100_000
const mostSmallFiles = 16

/** What a merge came to: files for the log, and how many rows are new or of a higher revision. */
export interface Merged {
  actions: Action[]
  changed: number
}

/** Writes rows as Parquet files, with the rows that stand beside those they replace; nobody reads the files before a commit names them. */
export function mergeRows({ table, folder, snapshot }: DeltaTable, rows: Row[]): Promise<Merged> {
  if (rows.length === 0) return Promise.resolve({ actions: [], changed: 0 })
  return withDuckDB(async connection => {
    await stageRows(connection, table, rows)
    const days = await textsOf(connection, 'SELECT DISTINCT dt FROM arrived')
    const [from, to] = [rangeOf(rows, Math.min), rangeOf(rows, Math.max)]
    const near = [...snapshot.files.values()].filter(file => isNear(file, from, to, days))
    const revised = await dropWhatStands(connection, table, folder, near)
    const merged: Merged = { actions: [], changed: await countOf(connection, 'SELECT count(*) FROM arrived') }
    const live = [...snapshot.files.values()]
    for (const day of await textsOf(connection, 'SELECT DISTINCT dt FROM arrived')) {
      const small = live.filter(file => dayOf(file) === day && rowsOf(file) < smallRows)
      const gathered = small.length >= mostSmallFiles ? small : small.filter(({ path }) => revised.has(path))
      const large = live.filter(file => dayOf(file) === day && rowsOf(file) >= smallRows && revised.has(file.path))
      const places = { connection, table, folder, day }
      const written = [await rewrite(places, gathered, true)]
      for (const file of large) written.push(await rewrite(places, [file], false))
      merged.actions = [merged.actions, ...written].flat()
    }
    return merged
  })
}

/** Takes out of `arrived` what stands with no lower revision. @returns the files that hold a row which is replaced. */
async function dropWhatStands(
  connection: DuckDBConnection,
  table: Table,
  folder: string,
  near: DataFile[],
): Promise<Set<string>> {
  if (near.length === 0) return new Set()
  const key = table.key.join(', ')
  const revision = 'revision' in table.columns ? 'revision' : '0 AS revision'
  const stands = `SELECT ${key}, ${revision}, filename FROM ${parquetOf(folder, near)}`
  await connection.run(`CREATE TABLE standing AS SELECT * FROM (${stands}) SEMI JOIN arrived USING (${key})`)
  const same = table.key.map(column => `standing.${column} = arrived.${column}`).join(' AND ')
  const higher = 'revision' in table.columns ? 'AND standing.revision >= arrived.revision' : ''
  await connection.run(`DELETE FROM arrived USING standing WHERE ${same} ${higher}`)
  const paths = await textsOf(connection, `SELECT DISTINCT filename FROM standing SEMI JOIN arrived USING (${key})`)
  await connection.run('DROP TABLE standing')
  return new Set(paths.map(path => path.slice(folder.length + 1)))
}

interface Place {
  connection: DuckDBConnection
  table: Table
  folder: string
  day: string
}

/** One file of what is left of `files`, and of a day's new rows where they go into it. */
async function rewrite(
  { connection, table, folder, day }: Place,
  files: DataFile[],
  withNew: boolean,
): Promise<Action[]> {
  const columns = Object.keys(table.columns).join(', ')
  const key = table.key.join(', ')
  const left = `SELECT ${columns} FROM ${parquetOf(folder, files)} ANTI JOIN arrived USING (${key})`
  const arrived = `SELECT ${columns} FROM arrived WHERE dt IS NOT DISTINCT FROM ${day === '' ? 'NULL' : quoted(day)}`
  const parts = [...(files.length > 0 ? [left] : []), ...(withNew ? [arrived] : [])]
  await connection.run(`CREATE TABLE merged AS ${parts.join(' UNION ALL ')}`)
  const now = Date.now()
  const actions: Action[] = files.map(({ path }) => {
    return { remove: { path, deletionTimestamp: now, dataChange: true } }
  })
  const rows = await countOf(connection, 'SELECT count(*) FROM merged')
  if (rows > 0) {
    const path = `${day === '' ? '' : `dt=${day}/`}part-${randomUUID()}.parquet`
    makeFolder(join(folder, day === '' ? '' : `dt=${day}`))
    const order = table.key.join(', ')
    const whole = join(folder, path)
    await connection.run(
      `COPY (SELECT * FROM merged ORDER BY ${order}) TO ${quoted(whole)} (FORMAT parquet, COMPRESSION zstd)`,
    )
    syncPath(whole)
    syncPath(join(whole, '..'))
    const file = {
      ...{ path, partitionValues: partitionOf(day), size: statSync(whole).size },
      ...{ modificationTime: now, dataChange: true, stats: await statsOf(connection, table, rows) },
    }
    actions.push({ add: file })
  }
  await connection.run('DROP TABLE merged')
  return actions
}

async function statsOf(connection: DuckDBConnection, table: Table, rows: number): Promise<string> {
  if (!isByDay(table)) return JSON.stringify({ numRecords: rows })
  const result = await connection.run(
    `SELECT epoch_ms(min(window_start))::DOUBLE, epoch_ms(max(window_start))::DOUBLE FROM merged`,
  )
  const [[first, last]] = (await result.getRows()) as [number, number][]
  const at = (ms: number) => ({ window_start: new Date(ms).toISOString() })
  return JSON.stringify({ numRecords: rows, minValues: at(first), maxValues: at(last) })
}

const partitionOf = (day: string): Record<string, string> => (day === '' ? {} : { dt: day })
const dayOf = ({ partitionValues }: DataFile): string => partitionValues.dt ?? ''
const rowsOf = ({ stats }: DataFile): number => JSON.parse(stats).numRecords

function isNear(file: DataFile, from: number, to: number, days: string[]): boolean {
  if (!days.includes(dayOf(file))) return false
  const { minValues, maxValues } = JSON.parse(file.stats)
  if (minValues === undefined) return true
  return Date.parse(maxValues.window_start) >= from * 1000 && Date.parse(minValues.window_start) <= to * 1000
}

function rangeOf(rows: Row[], pick: (a: number, b: number) => number): number {
  return rows.reduce((found, { window_start }) => pick(found, Number(window_start)), Number(rows[0].window_start))
}

function parquetOf(folder: string, files: DataFile[]): string {
  const paths = files.map(({ path }) => quoted(join(folder, path)))
  return `read_parquet([${paths.join(', ')}], filename = true, hive_partitioning = false)`
}

async function textsOf(connection: DuckDBConnection, sql: string): Promise<string[]> {
  return (await (await connection.run(sql)).getRows()).map(([text]) => (text === null ? '' : String(text)))
}

async function countOf(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await (await connection.run(sql)).getRows())[0][0])
}
