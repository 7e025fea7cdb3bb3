import { rmSync } from 'node:fs'
import { metadataKeys } from '../core/features/metadata.ts'
import { SpikeError } from '../errors.ts'
import { writeAtomically } from '../files/atomic.ts'
import { keepOthers } from '../files/keep_others.ts'
import { identifier, keyValues, quoted, withDuckDB } from './duckdb.ts'
import { refuseOtherTables } from './own_tables.ts'
import { stageRows } from './stage_rows.ts'
import { type Row, rowTables, type Table } from './tables.ts'

const headerOf = ({ columns }: Table): string => Object.keys(columns).join(',')

/**
 * Checks, before any work, where a table would be exported to.
 * @throws SpikeError BAD_ARGUMENT where the name ends otherwise; BAD_FILE for a file that no export has made.
 */
export async function checkExportPlace(path: string): Promise<void> {
  if (/\.parquet$/i.test(path)) await refuseOtherTables([path])
  else if (/\.csv$/i.test(path))
    keepOthers([path], first => rowTables.some(table => first.startsWith(`${headerOf(table)}\n`)))
  else throw new SpikeError('BAD_ARGUMENT', `--export ${path}: must end with .csv or .parquet`)
}

/**
 * Writes rows as CSV or Parquet, by the name; the file appears whole or not at all. Moments are UTC; decimals are exact in CSV and
 * of 16 digits after the point in Parquet. It is put together from parts beside it, so that no table is held whole.
 * @returns how many rows.
 * @throws SpikeError STORE_REFUSED for a decimal of more than 22 digits before the point, which Parquet has no room for.
 */
export async function exportTable(path: string, table: Table, parts: AsyncIterable<Row[]>): Promise<number> {
  const isCsv = /\.csv$/i.test(path)
  const format = isCsv
    ? 'FORMAT csv, HEADER'
    : `FORMAT parquet, COMPRESSION zstd${keyValues({ [metadataKeys.table]: table.name })}`
  let rows = 0
  await writeAtomically(path, async temporary => {
    const made: string[] = []
    try {
      for await (const part of parts) {
        const place = `${temporary}.part-${made.length}`
        made.push(place)
        await writePart(place, table, part, isCsv)
        rows += part.length
      }
      if (made.length === 0) {
        made.push(`${temporary}.part-0`)
        await writePart(made[0], table, [], isCsv)
      }
      await withDuckDB(connection =>
        connection.run(
          `COPY (SELECT * FROM read_parquet([${made.map(quoted).join(', ')}])) TO ${quoted(temporary)} (${format})`,
        ),
      )
    } finally {
      for (const place of made) rmSync(place, { force: true })
    }
  })
  return rows
}

function writePart(place: string, table: Table, rows: Row[], isCsv: boolean): Promise<void> {
  const told = Object.entries(table.columns).map(([column, type]) => {
    const name = identifier(column)
    if (isCsv) return type === 'moment' ? `${name} AT TIME ZONE 'UTC' AS ${name}` : name
    return type === 'decimal' ? `CAST(${name} AS DECIMAL(38, 16)) AS ${name}` : name
  })
  return withDuckDB(async connection => {
    await stageRows(connection, table, rows)
    try {
      await connection.run(`COPY (SELECT ${told.join(', ')} FROM arrived) TO ${quoted(place)} (FORMAT parquet)`)
    } catch (cause) {
      if (!/^Conversion Error/.test(String(Reflect.get(Object(cause), 'message')))) throw cause
      throw new SpikeError('STORE_REFUSED', `${table.name} holds a number that Parquet has no room for; export .csv`, {
        cause,
      })
    }
  })
}
