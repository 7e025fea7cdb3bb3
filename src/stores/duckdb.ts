import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { ourPrefix } from '../core/features/metadata.ts'
import type { Metadata } from './metadata.ts'

/** What DuckDB may take; what needs more ends with an error, and nothing is put on the disk. */
export const memoryLimit = '2GB'

/** Runs `use` on a DuckDB connection in memory that is closed afterwards. */
export async function withDuckDB<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: memoryLimit,
    temp_directory: '',
  })
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

/** A column's name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
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
