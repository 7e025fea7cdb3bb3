import { type CandleValues, candleTable } from '../../core/events/candle_values.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import { SpikeError } from '../../errors.ts'
import { minute } from '../../market/klines/kline.ts'
import { simulatedFile } from '../../stores/metadata.ts'
import { readTable } from '../../stores/parquet.ts'
import type { CandleFile } from './candle_file.ts'

/**
 * Candles of the mids of a feature file, one a whole minute that holds any: for markets of which there are rows and no candles. Their
 * volume is 0. A minute holds the rows that are known after its start and up to its end; the last, which may go on, is left out.
 * @throws SpikeError as `readTable`; BAD_ARGUMENT where it has several products and none is chosen.
 */
export async function readMidCandles(path: string, product: string | undefined): Promise<CandleFile> {
  const { table, metadata } = await readTable(path, ['mid'])
  const products = [...new Set(table.product)]
  const chosen = product ?? (products.length === 1 ? products[0] : undefined)
  if (chosen === undefined || !products.includes(chosen))
    throw new SpikeError('BAD_ARGUMENT', `${path}: holds ${products.join(', ')}; name one of them with --product`)
  const candles = midCandles(table, chosen)
  if (candles.length === 0)
    throw new SpikeError('TOO_FEW_ROWS', `${path}: holds no whole minute of ${chosen}; name a file with more rows`)
  const missing = (candles.at(-1)!.start - candles[0].start) / minute + 1 - candles.length
  const counts = { unfinished: 1, repeated: 0, conflicting: 0, bad: 0, out_of_order: 0, missing, zero_volume: 0 }
  return {
    table: candleTable(candles),
    interval: minute,
    counts,
    dead: [],
    product: chosen,
    simulated: simulatedFile(metadata),
    others: 0,
  }
}

function midCandles({ rows, product, time, columns: { mid } }: FeatureTable, chosen: string): CandleValues[] {
  const candles: CandleValues[] = []
  for (let i = 0; i < rows; i++) {
    const price = mid[i]
    if (product[i] !== chosen || !(price > 0)) continue
    const start = Math.floor((time[i] - 1) / minute) * minute
    const last = candles.at(-1)
    if (last?.start === start) {
      last.high = Math.max(last.high, price)
      last.low = Math.min(last.low, price)
      last.close = price
    } else candles.push({ start, open: price, high: price, low: price, close: price, volume: 0 })
  }
  candles.pop()
  return candles
}
