import type { CandleTable } from '../../core/events/candle_values.ts'
import type { Micros } from '../../core/events/event.ts'
import { SpikeRanks } from '../../core/trading/spike_ranks.ts'
import { SpikeError } from '../../errors.ts'
import { withDuckDB } from '../../stores/duckdb.ts'
import { openParquet } from '../../stores/parquet_file.ts'
import { readColumns } from '../../stores/read_columns.ts'

/**
 * How high the probability of a spike in the 60 s after each candle's end was, as it was known then; see `SpikeRanks`.
 * @param model column of the file, such as `average`.
 * @returns NaN where the last five seconds have no prediction, and for the first hour that has.
 * @throws SpikeError BAD_FILE, BAD_TABLE where the file has no such column.
 */
export async function readSpikes(
  path: string,
  model: string,
  product: string | null,
  { start, rows }: Pick<CandleTable, 'start' | 'rows'>,
  interval: Micros,
): Promise<Float64Array> {
  return withDuckDB(async connection => {
    const file = await openParquet(connection, path)
    const models = [...file.types.keys()].filter(name => !['product', 'time', 'label'].includes(name))
    if (!models.includes(model))
      throw new SpikeError(
        'BAD_TABLE',
        `${path}: has no column ${model}; name one of ${models.join(', ')} with --model`,
      )
    const read = await readColumns(connection, path, file, [model])
    const order = Array.from({ length: read.rows }, (_, i) => i)
      .filter(i => product === null || read.product[i] === product)
      .sort((a, b) => read.time[a] - read.time[b])
    const spikes = new Float64Array(rows).fill(Number.NaN)
    const ranks = new SpikeRanks()
    for (let row = 0, next = 0; row < rows; row++) {
      const end = start[row] + interval
      while (next < order.length && !ranks.isPast(end)) {
        ranks.push(read.time[order[next]], read.numbers[0][order[next]])
        next++
      }
      spikes[row] = ranks.rankAt(end) ?? Number.NaN
    }
    return spikes
  })
}
