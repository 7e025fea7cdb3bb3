import { existsSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { SpikeError } from '../errors.ts'
import { type Metadata, quoted, withDuckDB } from '../tables/parquet.ts'

export interface NumberColumn {
  /** `integer` for whole-number and boolean columns, which Evidently may take as categories. */
  kind: 'double' | 'integer'
  /** NaN is null. */
  values: Float64Array
}

/** One side of a comparison: every numeric column of a Parquet file, rows sorted by (product, time). */
export interface Side {
  /** How the side is called in the report and in faults: the file, or a part of it. */
  name: string
  rows: number
  /** Product of each row; the empty text where the file has none. */
  product: string[]
  /** Microseconds since the epoch, UTC; row numbers as seconds where the file has no `time`. */
  time: Float64Array
  timed: boolean
  columns: Record<string, NumberColumn>
  /** Other columns, with their type: not compared. */
  others: Record<string, string>
  metadata: Metadata
}

const doubles = /^(DOUBLE|FLOAT|DECIMAL)/
const integers = /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$/

/**
 * Reads all numeric columns of a Parquet file.
 * @throws SpikeError BAD_FILE when it is missing or is not Parquet, BAD_TABLE when it holds no rows or `time` is no timestamp.
 */
export async function readSide(path: string): Promise<Side> {
  if (!existsSync(path)) throw new SpikeError('BAD_FILE', `${path}: does not exist; name a Parquet file of features`)
  return withDuckDB(async connection => {
    const types = await describe(connection, path)
    const timed = types.has('time')
    if (timed && !types.get('time')!.startsWith('TIMESTAMP'))
      throw new SpikeError('BAD_TABLE', `${path}: column time must be TIMESTAMP, not ${types.get('time')}`)
    const compared = [...types].filter(([name]) => name !== 'product' && name !== 'time')
    const numeric = compared.filter(([, type]) => doubles.test(type) || integers.test(type))
    const product = types.get('product') === 'VARCHAR' ? `coalesce("product", '')` : `''`
    const time = timed ? 'epoch_us("time"::TIMESTAMP)::DOUBLE' : '(row_number() OVER () - 1)::DOUBLE * 1e6'
    const select = numeric.map(([name]) => `, coalesce(${identifier(name)}::DOUBLE, 'nan'::DOUBLE)`).join('')
    const result = await connection.run(
      `SELECT ${product} AS p, ${time} AS t${select} FROM read_parquet(${quoted(path)}) ORDER BY p, t`,
    )
    const chunks = await result.fetchAllChunks()
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0)
    if (rows === 0)
      throw new SpikeError('BAD_TABLE', `${path}: holds no rows; a side of a comparison needs at least two`)
    const read = (index: number): Float64Array => {
      const values = new Float64Array(rows)
      let row = 0
      for (const chunk of chunks) {
        const vector = chunk.getColumnVector(index)
        for (const end = row + vector.itemCount, start = row; row < end; row++)
          values[row] = (vector.getItem(row - start) as number | null) ?? Number.NaN
      }
      return values
    }
    return {
      name: path,
      rows,
      product: chunks.flatMap(chunk => chunk.getColumnValues(0) as string[]),
      time: read(1),
      timed,
      columns: Object.fromEntries(
        numeric.map(([name, type], i) => [
          name,
          { kind: doubles.test(type) ? 'double' : 'integer', values: read(i + 2) },
        ]),
      ),
      others: Object.fromEntries(compared.filter(([, type]) => !doubles.test(type) && !integers.test(type))),
      metadata: await readMetadata(connection, path),
    }
  })
}

async function describe(connection: DuckDBConnection, path: string): Promise<Map<string, string>> {
  try {
    const result = await connection.run(`DESCRIBE SELECT * FROM read_parquet(${quoted(path)})`)
    return new Map((await result.getRows()).map(row => [String(row[0]), String(row[1])]))
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: is not a readable Parquet file`, { cause })
  }
}

async function readMetadata(connection: DuckDBConnection, path: string): Promise<Metadata> {
  const result = await connection.run(
    `SELECT decode(key), decode(value) FROM parquet_kv_metadata(${quoted(path)}) WHERE starts_with(decode(key), 'spike60.')`,
  )
  return Object.fromEntries((await result.getRows()).map(row => [String(row[0]), String(row[1])]))
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
