import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSpikes } from '../../../src/jobs/trade/spikes.ts'
import { minute } from '../../../src/market/klines/kline.ts'
import { writePredictions } from '../../../src/stores/predictions.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-spikes-'))
const from = Date.UTC(2026, 0, 5) * 1000
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('how high a probability was among those before it, as it was known at the end of each candle', async () => {
  const rows = 130
  const path = join(folder, 'predictions.parquet')
  // One at the end of each minute, and one right after it, which no candle may see.
  const time = Float64Array.from({ length: 2 * rows }, (_, i) => from + Math.floor(i / 2 + 1) * minute + (i % 2) * 1e6)
  const average = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? 1 : (i / 2) % 100) / 100)
  const product = new Array<string>(2 * rows).fill('BTC-USD')
  const labels = new Float64Array(2 * rows)
  await writePredictions(path, { rows: 2 * rows, product, time }, labels, { average }, {})
  const start = Float64Array.from({ length: rows + 5 }, (_, i) => from + i * minute)
  const spikes = await readSpikes(path, 'average', 'BTC-USD', { start, rows: rows + 5 }, minute)
  expect(spikes.slice(0, 60).every(Number.isNaN)).toBe(true)
  expect([spikes[60], spikes[99], spikes[100], spikes[110]]).toEqual([1, 1, 0, 10 / 110 + 10 / 110])
  expect(spikes.slice(rows).every(Number.isNaN)).toBe(true)
  await expect(readSpikes(path, 'other', null, { start, rows }, minute)).rejects.toThrow(
    /has no column other; name one of average/,
  )
  for (const other of ['ETH-USD', 'btc-usd'])
    await expect(readSpikes(path, 'average', other, { start, rows }, minute)).rejects.toThrow(
      `holds predictions of BTC-USD, the candles are of ${other}`,
    )
  expect(await readSpikes(path, 'average', null, { start, rows: rows + 5 }, minute)).toEqual(spikes)
})

test('of two products in a file each has its own, and candles of no named one are refused', async () => {
  const path = join(folder, 'two.parquet')
  const rows = 140
  const minutes = Array.from({ length: rows }, (_, i) => i % 70)
  const product = minutes.map((_, i) => (i < 70 ? 'BTC-USD' : 'ETH-USD'))
  const time = Float64Array.from(minutes, i => from + (i + 1) * minute)
  const average = Float64Array.from(minutes, (minute, i) => (i < 70 ? minute : 70 - minute) / 70)
  await writePredictions(path, { rows, product, time }, new Float64Array(rows), { average }, {})
  const candles = { start: Float64Array.from({ length: 69 }, (_, i) => from + i * minute), rows: 69 }
  expect((await readSpikes(path, 'average', 'BTC-USD', candles, minute)).at(-1)).toBe(1)
  expect((await readSpikes(path, 'average', 'ETH-USD', candles, minute)).at(-1)).toBe(0)
  await expect(readSpikes(path, 'average', null, candles, minute)).rejects.toThrow(/of no named product; name one/)
})
