import { existsSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { SpikeError } from '../../errors.ts'
import { describeParquet, quoted, readMetadata, withDuckDB } from '../../stores/duckdb.ts'
import { type Side, takeRows } from './side.ts'

const doubles = /^(DOUBLE|FLOAT|DECIMAL)/
const integers = /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$/

/**
 * Reads all numeric columns of a Parquet file.
 * @throws SpikeError BAD_FILE when it is missing or is not Parquet, BAD_TABLE when it holds no rows or `time` is no timestamp.
 */
export async function readSide(path: string): Promise<Side> {
  if (!existsSync(path)) throw new SpikeError('BAD_FILE', `${path}: does not exist; name a Parquet file of features`)
  return withDuckDB(async connection => {
    const types = await describeParquet(connection, path)
    const timed = types.has('time')
    if (timed && !types.get('time')!.startsWith('TIMESTAMP'))
      throw new SpikeError('BAD_TABLE', `${path}: column time must be TIMESTAMP, not ${types.get('time')}`)
    const compared = [...types].filter(([name]) => name !== 'product' && name !== 'time')
    const numeric = compared.filter(([, type]) => doubles.test(type) || integers.test(type))
    const product = types.get('product') === 'VARCHAR' ? `coalesce("product", '')` : `''`
    const time = timed ? 'epoch_us("time"::TIMESTAMP)::DOUBLE' : '0::DOUBLE'
    const select = numeric.map(([name]) => `, coalesce(${identifier(name)}::DOUBLE, 'nan'::DOUBLE)`).join('')
    const read = await readRows(connection, `SELECT ${product}, ${time}${select} FROM read_parquet(${quoted(path)})`)
    if (read.rows === 0)
      throw new SpikeError('BAD_TABLE', `${path}: holds no rows; a side of a comparison needs at least two`)
    return sortRows({
      name: path,
      rows: read.rows,
      product: read.texts,
      time: timed ? read.numbers[0] : read.numbers[0].map((_, row) => row * 1e6),
      timed,
      columns: Object.fromEntries(
        numeric.map(([name, type], i) => [
          name,
          { kind: doubles.test(type) ? 'double' : 'integer', values: read.numbers[i + 1] },
        ]),
      ),
      others: Object.fromEntries(compared.filter(([, type]) => !doubles.test(type) && !integers.test(type))),
      metadata: await readMetadata(connection, path),
    })
  })
}

/** First column as texts, one text object a distinct text; the others as numbers. A chunk at a time is in memory twice. */
async function readRows(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ rows: number; texts: string[]; numbers: Float64Array[] }> {
  const result = await connection.stream(sql)
  const blocks: Float64Array[][] = []
  const texts: string[] = []
  const known = new Map<string, string>()
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const names = chunk.getColumnVector(0)
    for (let row = 0; row < chunk.rowCount; row++) {
      const text = names.getItem(row) as string
      const own = known.get(text) ?? text
      if (own === text) known.set(text, text)
      texts.push(own)
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
  return { rows: texts.length, texts, numbers }
}

const nothing = new Float64Array(0)

/** The side with its rows in the order of (product, time); the order they have where they have it already. */
function sortRows(side: Side): Side {
  const { product, time } = side
  const compare = (a: number, b: number): number =>
    product[a] < product[b] ? -1 : product[a] > product[b] ? 1 : time[a] - time[b]
  let ordered = true
  for (let row = 1; ordered && row < side.rows; row++) ordered = compare(row - 1, row) <= 0
  if (ordered) return side
  return takeRows(side, Uint32Array.from({ length: side.rows }, (_, row) => row).sort(compare), side.name)
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
