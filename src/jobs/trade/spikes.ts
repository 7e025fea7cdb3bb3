import type { CandleTable } from '../../core/events/candle_values.ts'
import type { Micros } from '../../core/events/event.ts'
import { SpikeRanks } from '../../core/trading/spike_ranks.ts'
import { SpikeError } from '../../errors.ts'
import { withDuckDB } from '../../stores/duckdb.ts'
import { readTable } from '../../stores/parquet.ts'
import { openParquet } from '../../stores/parquet_file.ts'

/**
 * How high the probability of a spike in the 60 s after each candle's end was, as it was known then; see `SpikeRanks`.
 * @param model column of the file, such as `average`.
 * @param product of the candles; null where they do not say: then the file's only one.
 * @returns NaN where the last five seconds have no prediction, and for the first hour that has.
 * @throws SpikeError as `readTable`; BAD_TABLE where the file has no such column, BAD_ARGUMENT where it has nothing of the product.
 */
export async function readSpikes(
  path: string,
  model: string,
  product: string | null,
  { start, rows }: Pick<CandleTable, 'start' | 'rows'>,
  interval: Micros,
): Promise<Float64Array> {
  const { types } = await withDuckDB(connection => openParquet(connection, path))
  const models = [...types.keys()].filter(name => !['product', 'time', 'label'].includes(name))
  if (!models.includes(model))
    throw new SpikeError('BAD_TABLE', `${path}: has no column ${model}; name one of ${models.join(', ')} with --model`)
  const { table } = await readTable(path, [model])
  const products = [...new Set(table.product)]
  const chosen = product ?? (products.length === 1 ? products[0] : undefined)
  if (chosen === undefined || !products.includes(chosen))
    throw new SpikeError(
      'BAD_ARGUMENT',
      `${path}: holds predictions of ${products.join(', ')}, the candles are of ${chosen ?? 'no named product'}; name one of them with --product`,
    )
  const spikes = new Float64Array(rows).fill(Number.NaN)
  const ranks = new SpikeRanks()
  let next = table.product.indexOf(chosen)
  for (let row = 0; row < rows; row++) {
    const end = start[row] + interval
    for (; table.product[next] === chosen && !ranks.isPast(end); next++)
      ranks.push(table.time[next], table.columns[model][next])
    spikes[row] = ranks.rankAt(end) ?? Number.NaN
  }
  return spikes
}
