import { existsSync, rmSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { featureNames } from '../core/features/spec.ts'
import type { FeatureTable } from '../core/features/table.ts'
import { SpikeError } from '../errors.ts'
import { writeAtomically } from '../files/atomic.ts'
import { describeParquet, keyValues, quoted, readMetadata, withDuckDB } from './duckdb.ts'
import type { Metadata } from './metadata.ts'

/** Rows of a part and of a row group. */
const rowsAtOnce = 16_384

/**
 * Writes `product VARCHAR, time TIMESTAMP (UTC), …features DOUBLE…, sigma_future DOUBLE[, label INTEGER]`, NaN as NULL.
 * The file appears whole or not at all. It is put together from parts beside it, so that DuckDB never holds a whole table.
 * @example
 * await writeTable('features.parquet', table, { 'spike60.spec_version': specVersion })
 * const { table: same, metadata } = await readTable('features.parquet')
 */
export async function writeTable(path: string, table: FeatureTable, metadata: Metadata): Promise<void> {
  const names = Object.keys(table.columns)
  const doubles: [string, Float64Array][] = [
    ...names.map((name): [string, Float64Array] => [name, table.columns[name]]),
    ['sigma_future', table.sigma_future],
  ]
  const columns = [
    'product VARCHAR',
    'time TIMESTAMP',
    ...doubles.map(([name]) => `"${name}" DOUBLE`),
    ...(table.label ? ['label INTEGER'] : []),
  ]
  await writeAtomically(path, async temporary => {
    const parts: string[] = []
    try {
      for (let from = 0; from === 0 || from < table.rows; from += rowsAtOnce) {
        const part = `${temporary}.part-${parts.length}`
        parts.push(part)
        await withLittleDuckDB(async connection => {
          await connection.run(`CREATE TABLE t (${columns.join(', ')})`)
          await appendRows(connection, table, doubles, from)
          await connection.run(`COPY t TO ${quoted(part)} (FORMAT parquet)`)
        })
      }
      await withLittleDuckDB(async connection => {
        const all = `SELECT * FROM read_parquet([${parts.map(quoted).join(', ')}])`
        const format = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowsAtOnce}${keyValues(metadata)}`
        await connection.run(`COPY (${all}) TO ${quoted(temporary)} (${format})`)
      })
    } finally {
      for (const part of parts) rmSync(part, { force: true })
    }
  })
}

/** An instance for each step, since one keeps the memory that it once took. */
function withLittleDuckDB(use: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  return withDuckDB(async connection => {
    await connection.run('SET threads = 1')
    await use(connection)
  })
}

async function appendRows(
  connection: DuckDBConnection,
  table: FeatureTable,
  doubles: [string, Float64Array][],
  from: number,
): Promise<void> {
  const appender = await connection.createAppender('t')
  for (let row = from; row < Math.min(table.rows, from + rowsAtOnce); row++) {
    appender.appendVarchar(table.product[row])
    appender.appendTimestamp({ micros: BigInt(table.time[row]) } as never)
    for (const [, column] of doubles) {
      const value = column[row]
      if (Number.isNaN(value)) appender.appendNull()
      else appender.appendDouble(value)
    }
    if (table.label) {
      if (Number.isNaN(table.label[row])) appender.appendNull()
      else appender.appendInteger(table.label[row])
    }
    appender.endRow()
  }
  appender.closeSync()
}

/**
 * Reads a feature file, rows sorted by (product, time).
 * @param needed feature columns that must be there; all of the spec by default. A missing `sigma_future` reads as null.
 * @returns also the names of the columns that were not read.
 * @throws SpikeError BAD_FILE when it is missing or is not Parquet, BAD_TABLE naming every column that is missing.
 */
export async function readTable(
  path: string,
  needed: string[] = featureNames,
): Promise<{ table: FeatureTable; metadata: Metadata; unread: string[] }> {
  if (!existsSync(path)) throw new SpikeError('BAD_FILE', `${path}: does not exist; name a Parquet file of features`)
  return withDuckDB(async connection => {
    const types = await describeParquet(connection, path)
    const missing = ['product', 'time', ...needed].filter(name => !types.has(name))
    if (missing.length > 0)
      throw new SpikeError(
        'BAD_TABLE',
        `${path}: lacks the columns ${missing.join(', ')}; write it with scripts/replay.ts`,
      )
    const wrong = needed.filter(name => types.get(name) !== 'DOUBLE')
    if (wrong.length > 0)
      throw new SpikeError(
        'BAD_TABLE',
        `${path}: columns ${wrong.join(', ')} must be DOUBLE (found ${types.get(wrong[0])})`,
      )
    const extra = ['sigma_future', 'label'].filter(name => types.has(name))
    const numbers = [...needed, ...extra]
    const select = numbers.map(name => `coalesce("${name}"::DOUBLE, 'nan'::DOUBLE)`).join(', ')
    const result = await connection.run(
      `SELECT product, epoch_us(time)::DOUBLE${numbers.length > 0 ? `, ${select}` : ''} FROM read_parquet(${quoted(path)}) ORDER BY product, time`,
    )
    const columns = await result.getColumns()
    const rows = columns[0]?.length ?? 0
    const column = (i: number): Float64Array => Float64Array.from((columns[i] ?? []) as number[])
    const byName = Object.fromEntries(numbers.map((name, i) => [name, column(i + 2)]))
    const { sigma_future, label, ...features } = byName
    return {
      table: {
        rows,
        product: (columns[0] ?? []) as string[],
        time: column(1),
        columns: features,
        sigma_future: sigma_future ?? new Float64Array(rows).fill(Number.NaN),
        ...(label && { label }),
      },
      metadata: await readMetadata(connection, path),
      unread: [...types.keys()].filter(name => !['product', 'time', ...numbers].includes(name)),
    }
  })
}
