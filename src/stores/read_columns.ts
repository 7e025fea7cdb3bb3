import type { DuckDBConnection } from '@duckdb/node-api'
import { identifier } from './duckdb.ts'
import { checkRoom, type ParquetFile, readingParquet } from './parquet_file.ts'

/** Rows of a Parquet file in its own order. */
export interface ReadColumns {
  rows: number
  /** Null where the file has null. One text object a distinct text. */
  product: (string | null)[]
  /** Microseconds since the epoch; NaN for null. */
  time: Float64Array
  /** In the order asked for; NaN for null. */
  numbers: Float64Array[]
}

/** A product's name is read to one character more than it may have. */
const longestProduct = 100

/**
 * Reads product, time where they are there, and columns of numbers. A chunk at a time is in memory twice.
 * @throws SpikeError BAD_FILE when the numbers do not fit into memory, or when it cannot be read.
 */
export async function readColumns(
  connection: DuckDBConnection,
  path: string,
  { from, rows, types }: ParquetFile,
  names: string[],
): Promise<ReadColumns> {
  checkRoom(path, rows, names.length + 2)
  const product = types.get('product') === 'VARCHAR' ? `left("product", ${longestProduct + 1})` : `''`
  const time = types.has('time') ? `coalesce(epoch_us("time"::TIMESTAMP)::DOUBLE, 'nan'::DOUBLE)` : `'nan'::DOUBLE`
  const numbers = names.map(name => `, coalesce(${identifier(name)}::DOUBLE, 'nan'::DOUBLE)`).join('')
  const sql = `SELECT ${product}, ${time}${numbers} FROM ${from}`
  return readingParquet(path, async () => {
    const read = await readChunks(connection, sql)
    const [first, ...others] = read.numbers
    return { rows: read.texts.length, product: read.texts, time: first, numbers: others }
  })
}

/** First column as texts, the others as numbers. */
async function readChunks(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ texts: (string | null)[]; numbers: Float64Array[] }> {
  const result = await connection.stream(sql)
  const blocks: Float64Array[][] = []
  const texts: (string | null)[] = []
  const known = new Map<string, string>()
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const names = chunk.getColumnVector(0)
    for (let row = 0; row < chunk.rowCount; row++) {
      const text = names.getItem(row) as string | null
      if (text !== null && !known.has(text)) known.set(text, text)
      texts.push(text === null ? null : known.get(text)!)
    }
    blocks.push(
      Array.from({ length: chunk.columnCount - 1 }, (_, i) => {
        const vector = chunk.getColumnVector(i + 1)
        const values = new Float64Array(chunk.rowCount)
        for (let row = 0; row < values.length; row++) values[row] = vector.getItem(row) as number
        return values
      }),
    )
  }
  const numbers = Array.from({ length: result.columnCount - 1 }, (_, i) => {
    const values = new Float64Array(texts.length)
    let from = 0
    for (const block of blocks) {
      values.set(block[i], from)
      from += block[i].length
      block[i] = nothing
    }
    return values
  })
  return { texts, numbers }
}

const nothing = new Float64Array(0)
