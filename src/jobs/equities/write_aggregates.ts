import { createHash } from 'node:crypto'
import { metadataKeys } from '../../core/features/metadata.ts'
import type { Metadata } from '../../stores/metadata.ts'
import { type Column, writeColumns } from '../../stores/write_columns.ts'
import type { AggregatedTrade } from './aggregate.ts'

type NumberName = {
  [Name in keyof AggregatedTrade]: AggregatedTrade[Name] extends number | null ? Name : never
}[keyof AggregatedTrade]

/** In the order of the file and of the digest. */
const numberNames = [
  ...(['vwap_1min', 'vwap_5min', 'rolling_avg_5min', 'volume_zscore', 'volume_zscore_excl'] as const),
  ...(['volume_zscore_minute', 'price_momentum', 'vwap_deviation', 'vwap_deviation_pct', 'trade_frequency'] as const),
  ...(['anomaly_score'] as const),
] satisfies NumberName[]

const numberIn = (trade: AggregatedTrade, name: NumberName): number => trade[name] ?? Number.NaN

/** Writes a row a trade: `ticker, t (ms), q, price, volume`, its aggregates, its anomaly score. @returns the digest. */
export async function writeAggregates(path: string, trades: AggregatedTrade[], metadata: Metadata): Promise<string> {
  const digest = aggregatesDigest(trades)
  const numbers = (name: string, of: (trade: AggregatedTrade) => number): Column => ({
    ...{ name, type: 'DOUBLE', values: trades.map(of) },
  })
  await writeColumns(
    path,
    [
      { name: 'ticker', type: 'VARCHAR', values: trades.map(({ ticker }) => ticker) },
      { name: 't', type: 'BIGINT', values: trades.map(({ time }) => Math.floor(time / 1000)) },
      { name: 'q', type: 'BIGINT', values: trades.map(({ q }) => q) },
      numbers('price', ({ price }) => price),
      numbers('volume', ({ size }) => size),
      ...numberNames.map(name => numbers(name, trade => numberIn(trade, name))),
      {
        name: 'anomaly',
        type: 'BIGINT',
        values: trades.map(({ anomaly }) => (anomaly === null ? Number.NaN : Number(anomaly))),
      },
      { name: 'model_version', type: 'BIGINT', values: trades.map(trade => numberIn(trade, 'model_version')) },
      { name: 'flags', type: 'VARCHAR', values: trades.map(({ flags }) => flags) },
    ],
    { ...metadata, [metadataKeys.digest]: digest },
  )
  return digest
}

/** SHA-256 over ticker, time and the numbers of each row, float64 little-endian, one NaN for null. */
function aggregatesDigest(trades: AggregatedTrade[]): string {
  const hash = createHash('sha256')
  const numbers = new Float64Array(numberNames.length + 3)
  for (const trade of trades) {
    numbers.set([trade.time, trade.price, trade.size, ...numberNames.map(name => numberIn(trade, name) + 0)])
    hash.update(`${trade.ticker}\n`).update(new Uint8Array(numbers.buffer))
  }
  return hash.digest('hex')
}
