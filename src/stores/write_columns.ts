import { writeAtomically } from '../files/atomic.ts'
import { identifier, keyValues, quoted, withDuckDB } from './duckdb.ts'
import type { Metadata } from './metadata.ts'

/** A column of a table of any kind: texts (null as NULL), numbers (NaN as NULL), whole numbers or truth values. */
export type Column =
  | { name: string; type: 'VARCHAR'; values: readonly (string | null)[] }
  | { name: string; type: 'DOUBLE' | 'BIGINT'; values: ArrayLike<number> }
  | { name: string; type: 'BOOLEAN'; values: readonly boolean[] }

/** Writes columns of equal length as Parquet; the file appears whole or not at all. */
export async function writeColumns(path: string, columns: readonly Column[], metadata: Metadata): Promise<void> {
  await withDuckDB(async connection => {
    await connection.run(
      `CREATE TABLE t (${columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`,
    )
    const appender = await connection.createAppender('t')
    for (let row = 0; row < columns[0].values.length; row++) {
      for (const { type, values } of columns) {
        const value = values[row]
        if (value === null || Number.isNaN(value)) appender.appendNull()
        else if (type === 'VARCHAR') appender.appendVarchar(value as string)
        else if (type === 'BIGINT') appender.appendBigInt(BigInt(value as number))
        else if (type === 'BOOLEAN') appender.appendBoolean(value as boolean)
        else appender.appendDouble(value as number)
      }
      appender.endRow()
    }
    appender.closeSync()
    await writeAtomically(path, async temporary => {
      await connection.run(`COPY t TO ${quoted(temporary)} (FORMAT parquet, COMPRESSION zstd${keyValues(metadata)})`)
    })
  })
}
