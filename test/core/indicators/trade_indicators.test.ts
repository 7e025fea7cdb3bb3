/** Against the reference program on real trades: the same bits. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { minuteVolume } from '../../../src/core/indicators/minute_volume.ts'
import { momentum } from '../../../src/core/indicators/momentum.ts'
import { tradeFrequency } from '../../../src/core/indicators/trade_frequency.ts'
import type { TradeValues } from '../../../src/core/indicators/trade_values.ts'
import { tradeZscore } from '../../../src/core/indicators/volume_zscore.ts'
import { vwap } from '../../../src/core/indicators/vwap.ts'
import { vwapDeviation } from '../../../src/core/indicators/vwap_deviation.ts'
import { needs } from '../../harness/needs.ts'

const folder = fileURLToPath(new URL('../../../../shared/reference/oracles/expected/', import.meta.url))
const lacks = existsSync(folder) ? null : 'no expected numbers of the reference programs lie in ../shared/reference'
const indicators = {
  vwap_1min: vwap(60),
  vwap_5min: vwap(300),
  volume_zscore: tradeZscore('trade20'),
  volume_zscore_excl: tradeZscore('trade20_before'),
  price_momentum: momentum(),
  vwap_deviation: vwapDeviation('price'),
  vwap_deviation_pct: vwapDeviation('percent'),
  trade_frequency: tradeFrequency(),
}
type Row = Record<keyof typeof indicators | 't' | 'price' | 'volume', number> & { ticker: string }
type Minute = { ticker: string; window_start: number; window_end: number; volume: number; volume_zscore_minute: number }

describe('5,457 real trades of three shares', needs(lacks), () => {
  const rows: Row[] = lacks
    ? []
    : gunzipSync(readFileSync(`${folder}seed003_open.jsonl.gz`))
        .toString()
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
  const byTicker = Map.groupBy(rows, ({ ticker }) => ticker)
  const valuesOf = ({ t, price, volume }: Row): TradeValues => ({ time: 1000 * t, price, size: volume })

  test.each(Object.keys(indicators) as (keyof typeof indicators)[])('%s is the reference to the bit', name => {
    for (const trades of byTicker.values()) {
      const running = indicators[name].make()
      expect(trades.map(row => running.push(valuesOf(row)))).toEqual(trades.map(row => row[name]))
    }
  })

  test('volume_zscore_minute, of each minute that is over', () => {
    const windows: Minute[] = JSON.parse(readFileSync(`${folder}seed003_open.json`, 'utf8')).windows
    for (const { ticker, window_start, window_end, volume, volume_zscore_minute: zscore } of windows) {
      const running = minuteVolume.make()
      for (const row of byTicker.get(ticker)!) if (row.t < window_end) running.push(valuesOf(row))
      expect(running.push({ time: 1000 * window_end, size: 0 })).toEqual({ start: 1000 * window_start, volume, zscore })
    }
    expect(windows.length).toBeGreaterThan(10)
  })
})
