import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { ourPrefix } from '../core/features/metadata.ts'
import { SpikeError } from '../errors.ts'
import type { Metadata } from './metadata.ts'

/** Runs `use` on a DuckDB connection in memory that is closed afterwards. */
export async function withDuckDB<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    return await use(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/**
 * Types of a Parquet file's columns, by name.
 * @throws SpikeError BAD_FILE when it cannot be read.
 */
export async function describeParquet(connection: DuckDBConnection, path: string): Promise<Map<string, string>> {
  try {
    const result = await connection.run(`DESCRIBE SELECT * FROM read_parquet(${quoted(path)})`)
    const rows = await result.getRows()
    return new Map(rows.map(row => [String(row[0]), String(row[1])]))
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: is not a readable Parquet file`, { cause })
  }
}

/** What is ours of a Parquet file's key-value metadata. */
export async function readMetadata(connection: DuckDBConnection, path: string): Promise<Metadata> {
  const result = await connection.run(
    `SELECT decode(key), decode(value) FROM parquet_kv_metadata(${quoted(path)}) WHERE starts_with(decode(key), ${quoted(ourPrefix)})`,
  )
  const rows = await result.getRows()
  return Object.fromEntries(rows.map(row => [String(row[0]), String(row[1])]))
}

/** The metadata as an option of COPY, with the comma before it; nothing where there is none. */
export function keyValues(metadata: Metadata): string {
  const pairs = Object.entries(metadata).map(([key, value]) => `${quoted(key)}: ${quoted(value)}`)
  return pairs.length > 0 ? `, KV_METADATA {${pairs.join(', ')}}` : ''
}
