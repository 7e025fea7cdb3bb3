import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { FeatureTable } from '../../../src/core/features/table.ts'
import { frameLine } from '../../../src/market/bronze/line.ts'
import { checkBelongs } from '../../../src/publish/handoff/belongs.ts'
import { cutSlice } from '../../../src/publish/handoff/slice.ts'
import { writeHandoff } from '../../../src/publish/handoff/write.ts'
import { makeRunFolder, tickerFrames } from '../../fixtures/run_folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-belongs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const start = 1_767_582_000

/** A row a second of a product, whose mid is the number of its second. */
function rowsOf(product: string, from: number, seconds: number, mid = (second: number) => second): FeatureTable {
  const all = Array.from({ length: seconds }, (_, i) => from + i)
  return {
    rows: seconds,
    product: all.map(() => product),
    time: Float64Array.from(all, second => (start + second) * 1e6),
    columns: { mid: Float64Array.from(all, mid) },
    sigma_future: new Float64Array(seconds),
  }
}

const run = rowsOf('BTC-USD', 0, 900)

test('a slice belongs to the run whose rows it gives, whatever its first minute and its last seconds hold', () => {
  checkBelongs(rowsOf('BTC-USD', 300, 600), run, 'raw')
  const edges = rowsOf('BTC-USD', 300, 600, second => (second < 360 || second > 895 ? 0 : second))
  checkBelongs(edges, run, 'raw')
  checkBelongs(
    rowsOf('BTC-USD', 300, 600, second => (second > 600 && second <= 650 ? 0 : second)),
    run,
    'raw',
  )
})

test('a slice of another day, another product, another price, or of what was recorded afterwards, is refused', () => {
  const cases: [FeatureTable, string][] = [
    [rowsOf('BTC-USD', 86_400, 600), 'raw: is not the raw data of this run (2026-01-05T03:00:00'],
    [rowsOf('BTC-USD', -86_400, 600), 'its mid is -86340, there is no row'],
    [rowsOf('ETH-USD', 300, 600), 'ETH-USD: at 2026-01-05T03:06:00'],
    [rowsOf('BTC-USD', 300, 600, second => second + 1e-9), 'its mid is 360.000000001, there 360'],
    [rowsOf('BTC-USD', 300, 600, second => (second > 600 && second <= 665 ? 0 : second)), 'its mid is 0, there 601'],
    [rowsOf('BTC-USD', 600, 600), 'there is no row'],
    [rowsOf('BTC-USD', 300, 30), 'too few rows to compare'],
  ]
  for (const [slice, why] of cases) {
    const check = () => checkBelongs(slice, run, 'raw')
    expect(check, why).toThrow(why)
    expect(check, why).toThrow('; name its own with --raw')
  }
})

test('what was recorded after the run is not in its slice', async () => {
  const frames = tickerFrames(6)
  const raw = join(folder, 'raw.ndjson')
  writeFileSync(raw, frames.map(({ time, text }) => `${frameLine('coinbase', 'c', time * 1000, text)}\n`).join(''))
  const until = frames[479].time * 1000
  const { from, to, lines } = await cutSlice([raw], join(folder, 'slice'), 3, until)
  expect({ from, to, lines }).toEqual({ from: until - 180e6, to: until, lines: 361 })
  const before = await cutSlice([raw], join(folder, 'slice'), 3, frames[0].time * 1000 - 1)
  expect(before.to).toBe(frames[719].time * 1000)
})

test('a hand-off of the raw data of another day is refused and leaves nothing', async () => {
  const run = join(folder, 'run')
  await makeRunFolder(run, 5)
  const raw = join(folder, 'other.ndjson')
  const day = 86_400_000
  const lines = tickerFrames(5).map(({ time, text }) => {
    const moved = text.replace(/"timestamp":"[^"]+"/, `"timestamp":"${new Date(time + day).toISOString()}"`)
    return `${frameLine('coinbase', 'c', (time + day) * 1000, moved)}\n`
  })
  writeFileSync(raw, lines.join(''))
  const refused = writeHandoff({ run, raw: [raw], out: join(folder, 'out'), config: readConfig(), minutes: 3 })
  await expect(refused).rejects.toMatchObject({ code: 'BAD_FILE', exit: 2 })
  await expect(refused).rejects.toThrow(/other.ndjson: is not the raw data of this run .* BTC-USD: at 2026-01-06/)
  expect(readdirSync(folder).sort()).toEqual(['other.ndjson', 'run'])
})
