import { rmSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { featureNames } from '../core/features/spec.ts'
import { type FeatureTable, rowOrder, takeRows } from '../core/features/table.ts'
import { SpikeError } from '../errors.ts'
import { writeAtomically } from '../files/atomic.ts'
import { checkKeys, checkValues } from './check_table.ts'
import { keyValues, quoted, readMetadata, withDuckDB } from './duckdb.ts'
import type { Metadata } from './metadata.ts'
import { openParquet } from './parquet_file.ts'
import { readColumns } from './read_columns.ts'

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
 * @throws SpikeError BAD_FILE when it is missing, is not Parquet or larger than what is read; BAD_TABLE, one line a fault, for
 *   columns that are missing or of another type, no rows, and for rows and values that cannot be.
 */
export async function readTable(
  path: string,
  needed: string[] = featureNames,
): Promise<{ table: FeatureTable; metadata: Metadata; unread: string[] }> {
  return withDuckDB(async connection => {
    const file = await openParquet(connection, path)
    const { types } = file
    checkColumns(path, types, needed)
    const numbers = [...needed, ...optional.filter(name => types.has(name))]
    const read = await readColumns(connection, path, file, numbers)
    if (read.rows === 0) throw new SpikeError('BAD_TABLE', `${path}: holds no rows; name a file with rows`)
    checkKeys(path, read)
    const { sigma_future, label, ...columns } = Object.fromEntries(numbers.map((name, i) => [name, read.numbers[i]]))
    const unordered: FeatureTable = {
      rows: read.rows,
      product: read.product as string[],
      time: read.time,
      columns,
      sigma_future: sigma_future ?? new Float64Array(read.rows).fill(Number.NaN),
      ...(label && { label }),
    }
    const order = rowOrder(unordered)
    const table = order === null ? unordered : takeRows(unordered, order)
    checkValues(path, table)
    return {
      table,
      metadata: await readMetadata(connection, path),
      unread: [...types.keys()].filter(name => !['product', 'time', ...numbers].includes(name)),
    }
  })
}

/** Columns of numbers that a feature file may have or not. */
const optional = ['sigma_future', 'label']

/** @throws SpikeError BAD_TABLE naming every column that is missing, and every one of another type. */
function checkColumns(path: string, types: ReadonlyMap<string, string>, needed: string[]): void {
  const missing = ['product', 'time', ...needed].filter(name => !types.has(name))
  if (missing.length > 0)
    throw new SpikeError(
      'BAD_TABLE',
      `${path}: lacks the columns ${missing.join(', ')}; write it with scripts/replay.ts`,
    )
  const rules: [string, RegExp, string[]][] = [
    ['VARCHAR', /^VARCHAR$/, ['product']],
    ['TIMESTAMP', /^TIMESTAMP/, ['time']],
    ['DOUBLE', /^DOUBLE$/, [...needed, 'sigma_future']],
    ['INTEGER', /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT)$/, ['label']],
  ]
  const faults = rules.flatMap(([wanted, allowed, names]) => {
    const wrong = names.filter(name => !allowed.test(types.get(name) ?? wanted))
    return wrong.length > 0
      ? [
          `${path}: columns ${wrong.join(', ')} must be ${wanted} (found ${types.get(wrong[0])}); write it with scripts/replay.ts`,
        ]
      : []
  })
  if (faults.length > 0) throw new SpikeError('BAD_TABLE', faults)
}
