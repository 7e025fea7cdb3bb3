import type { DuckDBConnection } from '@duckdb/node-api'
import { SpikeError } from '../errors.ts'
import { checkInputFile, readEnds } from '../files/input.ts'
import { memoryLimit, quoted } from './duckdb.ts'

/** Numbers of a table that are held in memory: 2 GB; of all our columns three million rows, 37 days of one product. */
const mostNumbers = 250_000_000
/** Bytes of the list of columns and row groups at a Parquet file's end, which is read whole. */
const mostFooter = 64 * 2 ** 20
const mostColumns = 10_000

export interface ParquetFile {
  /** As `read_parquet` finds it, whatever its name and those of its folders. */
  from: string
  rows: number
  /** DuckDB's type of each column, by name. */
  types: Map<string, string>
}

/**
 * Looks at a Parquet file without reading a row.
 * @throws SpikeError BAD_FILE that says what it is where it is none, cannot be read, or is larger than what is read.
 */
export async function openParquet(connection: DuckDBConnection, path: string): Promise<ParquetFile> {
  const size = checkInputFile(path, 'a Parquet file')
  const { first, last } = readEnds(path, size, 8)
  if (first.toString('latin1', 0, 4) !== 'PAR1')
    throw new SpikeError('BAD_FILE', `${path}: is not a Parquet file (${guessKind(first)}); name one`)
  if (size < 12 || last.toString('latin1', 4) !== 'PAR1')
    throw new SpikeError(
      'BAD_FILE',
      `${path}: begins as a Parquet file and does not end as one; write or copy it again`,
    )
  const footer = last.readUInt32LE(0)
  if (footer > mostFooter)
    throw new SpikeError('BAD_FILE', `${path}: has a footer of ${footer} bytes, and at most ${mostFooter} are read`)
  const from = `read_parquet(${quoted(path)}, hive_partitioning = false)`
  return readingParquet(path, async () => {
    const stated = `SELECT sum(row_group_num_rows) FROM parquet_metadata(${quoted(path)}) WHERE column_id = 0`
    const [[rows]] = await getRows(connection, stated)
    const described = await getRows(connection, `DESCRIBE SELECT * FROM ${from}`)
    if (described.length > mostColumns)
      throw new SpikeError('BAD_FILE', `${path}: has ${described.length} columns, and at most ${mostColumns} are read`)
    return {
      from,
      rows: Number(rows ?? 0),
      types: new Map(described.map(([name, type]) => [String(name), String(type)])),
    }
  })
}

async function getRows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  const result = await connection.run(sql)
  return result.getRows()
}

/**
 * Refuses, from the count of its rows alone, a file whose numbers do not fit into memory.
 * @throws SpikeError BAD_FILE.
 */
export function checkRoom(path: string, rows: number, columns: number): void {
  if (rows * columns <= mostNumbers) return
  const most = Math.floor(mostNumbers / columns)
  throw new SpikeError(
    'BAD_FILE',
    `${path}: has ${rows} rows, and at most ${most} of ${columns} columns are read (2 GB); cut it by time and take a part`,
  )
}

/** What `read` gives. @throws SpikeError BAD_FILE where DuckDB cannot read on. */
export async function readingParquet<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof SpikeError) throw cause
    const said = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0].slice(0, 200)
    const line = /out of memory/i.test(said)
      ? `${path}: a part of it takes more memory than reading may (${memoryLimit}); write it anew with smaller row groups`
      : `${path}: is not a readable Parquet file (${said}); write or copy it again`
    throw new SpikeError('BAD_FILE', line, { cause })
  }
}

/** What a file seems to be, by how it begins. */
function guessKind(first: Buffer): string {
  const text = first.toString('latin1')
  if (text.startsWith('PARE')) return 'it is an encrypted one'
  if (text.startsWith('\x1f\x8b')) return 'it seems to be gzip'
  if (text.startsWith('PK\x03\x04')) return 'it seems to be a zip'
  if (text.startsWith('ARROW1')) return 'it seems to be Arrow, or Feather'
  if (/^\s*[[{]/.test(text)) return 'it seems to be JSON'
  return /^[\t\n\r\x20-\x7e\xef\xbb\xbf]+$/.test(text) ? 'it seems to be text, such as CSV' : 'it seems to be binary'
}
