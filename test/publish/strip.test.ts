import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { featureNames } from '../../src/core/features/spec.ts'
import { readStrip } from '../../src/publish/strip.ts'
import { writeTable } from '../../src/stores/parquet.ts'
import { writePredictions } from '../../src/stores/predictions.ts'
import { makeMarket } from '../fixtures/eda_market.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-strip-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('shows an alarm of one second, by the rows of the predictions', async () => {
  const table = makeMarket({ products: ['BTC-USD', 'ETH-USD'], seconds: 1500 })
  await writeTable(join(folder, 'test.parquet'), table, {})
  const score = (alarmAt: number) => new Float64Array(table.rows).fill(0.1).with(alarmAt, 0.5)
  const write = (rows: typeof table) =>
    writePredictions(
      join(folder, 'p.parquet'),
      rows,
      new Float64Array(table.rows),
      { ridge: score(2100) },
      { 'spike60.simulated': 'true' },
    )
  const watched = { predictions: join(folder, 'p.parquet'), name: 'ridge', title: 'Ridge', threshold: 0.5 }
  await write(table)
  const { products } = await readStrip(join(folder, 'test.parquet'), { 'BTC-USD': 2, 'ETH-USD': 2 }, watched)
  expect(products.map(({ points }) => points.filter(point => point.alarm).length)).toEqual([0, 1])
  await write({ ...table, time: table.time.map(time => time + 1e6) })
  await expect(readStrip(join(folder, 'test.parquet'), { 'BTC-USD': 2, 'ETH-USD': 2 }, watched)).rejects.toThrow(
    /p\.parquet: has other rows than .*test\.parquet/,
  )
})

it('thins a segment without losing a spike of one second', async () => {
  const rows = 3000
  const start = Date.parse('2026-01-05T03:00:00Z')
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => value(row))
  await writeTable(
    join(folder, 'test.parquet'),
    {
      rows,
      product: Array.from({ length: rows }, () => 'BTC-USD'),
      time: column(row => (start + 1000 * row) * 1000),
      columns: Object.fromEntries(featureNames.map(name => [name, column(row => (name === 'mid' ? 100 + row : 0))])),
      sigma_future: column(row => (row === 1234 ? 5 : 1)),
    },
    {},
  )
  const { products } = await readStrip(join(folder, 'test.parquet'), { 'BTC-USD': 2 })
  const [{ points }] = products
  expect(products).toHaveLength(1)
  expect(points.length).toBeLessThanOrEqual(400)
  expect(points.at(-1)).toEqual({
    time: new Date(start + 1000 * (rows - 1)).toISOString(),
    mid: 100 + rows - 1,
    sigma: 1,
    spike: false,
  })
  const spikes = points.filter(point => point.spike)
  expect(spikes).toHaveLength(1)
  expect(spikes[0].sigma).toBe(5)
  expect(Math.abs(Date.parse(spikes[0].time) - start - 1_234_000)).toBeLessThanOrEqual(8000)
})
