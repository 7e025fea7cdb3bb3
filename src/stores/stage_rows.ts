import type { DuckDBConnection } from '@duckdb/node-api'
import { identifier } from './duckdb.ts'
import { type ColumnType, isByDay, type Row, type Table } from './tables.ts'

/** Decimals stay text: DuckDB's would end at 38 digits. */
const types: Record<ColumnType, string> = {
  ...{ text: 'VARCHAR', moment: 'BIGINT', whole: 'BIGINT', real: 'DOUBLE' },
  ...{ decimal: 'VARCHAR', flag: 'BOOLEAN', bytes: 'BLOB' },
}

/** Makes a table `arrived` of rows in DuckDB, moments as TIMESTAMPTZ, with a last column `dt`, the UTC day of `window_start` as YYYY-MM-DD; null without one. */
export async function stageRows(connection: DuckDBConnection, table: Table, rows: Row[]): Promise<void> {
  const columns = Object.entries(table.columns)
  await connection.run(
    `CREATE TABLE staged (${columns.map(([column, type]) => `${identifier(column)} ${types[type]}`).join(', ')})`,
  )
  const appender = await connection.createAppender('staged')
  for (const row of rows) {
    for (const [column, type] of columns) {
      const value = row[column]
      if (value === null) appender.appendNull()
      else if (type === 'moment' || type === 'whole') appender.appendBigInt(BigInt(value as number))
      else if (type === 'real') appender.appendDouble(value as number)
      else if (type === 'flag') appender.appendBoolean(value as boolean)
      else if (type === 'bytes') appender.appendBlob(value as Uint8Array)
      else appender.appendVarchar(value as string)
    }
    appender.endRow()
  }
  appender.closeSync()
  const told = columns.map(([column, type]) =>
    type === 'moment' ? `to_timestamp(${identifier(column)}) AS ${identifier(column)}` : identifier(column),
  )
  const day = isByDay(table) ? `strftime(to_timestamp(window_start), '%Y-%m-%d')` : 'NULL::VARCHAR'
  await connection.run(`CREATE TABLE arrived AS SELECT ${told.join(', ')}, ${day} AS dt FROM staged`)
  await connection.run('DROP TABLE staged')
}
