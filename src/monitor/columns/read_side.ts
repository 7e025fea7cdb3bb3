import { rowOrder } from '../../core/features/table.ts'
import { SpikeError } from '../../errors.ts'
import { checkTimes } from '../../stores/check_table.ts'
import { readMetadata, withDuckDB } from '../../stores/duckdb.ts'
import { openParquet } from '../../stores/parquet_file.ts'
import { readColumns } from '../../stores/read_columns.ts'
import { type Side, takeRows } from './side.ts'

const doubles = /^(DOUBLE|FLOAT|DECIMAL)/
const integers = /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$/

/**
 * Reads all numeric columns of a Parquet file.
 * @throws SpikeError BAD_FILE when it is missing, is not Parquet or larger than what is read, BAD_TABLE when it holds no rows,
 *   `time` is no timestamp, or rows have none that can be.
 */
export async function readSide(path: string): Promise<Side> {
  return withDuckDB(async connection => {
    const file = await openParquet(connection, path)
    const { types } = file
    const timed = types.has('time')
    if (timed && !types.get('time')!.startsWith('TIMESTAMP'))
      throw new SpikeError('BAD_TABLE', `${path}: column time must be TIMESTAMP, not ${types.get('time')}`)
    const compared = [...types].filter(([name]) => name !== 'product' && name !== 'time')
    const numeric = compared.filter(([, type]) => doubles.test(type) || integers.test(type))
    const names = numeric.map(([name]) => name)
    const read = await readColumns(connection, path, file, names)
    if (read.rows === 0)
      throw new SpikeError('BAD_TABLE', `${path}: holds no rows; a side of a comparison needs at least two`)
    if (timed) checkTimes(path, read.time)
    const side: Side = {
      name: path,
      rows: read.rows,
      product: read.product.map(product => product ?? ''),
      time: timed ? read.time : read.time.map((_, row) => row * 1e6),
      timed,
      columns: Object.fromEntries(
        numeric.map(([name, type], i) => [
          name,
          { kind: doubles.test(type) ? 'double' : 'integer', values: read.numbers[i] },
        ]),
      ),
      others: Object.fromEntries(compared.filter(([, type]) => !doubles.test(type) && !integers.test(type))),
      metadata: await readMetadata(connection, path),
    }
    const order = rowOrder(side)
    return order === null ? side : takeRows(side, order, side.name)
  })
}
