import type { FeatureTable } from '../core/features/table.ts'
import { writeAtomically } from '../files/atomic.ts'
import { keyValues, quoted, withDuckDB } from './duckdb.ts'
import type { Metadata } from './metadata.ts'

/**
 * Writes `product VARCHAR, time TIMESTAMP, label INTEGER NULL, <model> DOUBLE …` as Parquet, one row a row of `table`; the
 * file appears whole or not at all.
 * @param labels 1, 0 or NaN, and `scores` by model: in the order of the table's rows.
 */
export async function writePredictions(
  path: string,
  table: Pick<FeatureTable, 'rows' | 'product' | 'time'>,
  labels: Float64Array,
  scores: Record<string, Float64Array>,
  metadata: Metadata,
): Promise<void> {
  const models = Object.keys(scores)
  await withDuckDB(async connection => {
    await connection.run(
      `CREATE TABLE t (product VARCHAR, time TIMESTAMP, label INTEGER, ${models.map(name => `"${name}" DOUBLE`).join(', ')})`,
    )
    const appender = await connection.createAppender('t')
    for (let row = 0; row < table.rows; row++) {
      appender.appendVarchar(table.product[row])
      appender.appendTimestamp({ micros: BigInt(table.time[row]) } as never)
      if (Number.isNaN(labels[row])) appender.appendNull()
      else appender.appendInteger(labels[row])
      for (const name of models) appender.appendDouble(scores[name][row])
      appender.endRow()
    }
    appender.closeSync()
    await writeAtomically(path, async temporary => {
      await connection.run(`COPY t TO ${quoted(temporary)} (FORMAT parquet, COMPRESSION zstd${keyValues(metadata)})`)
    })
  })
}
