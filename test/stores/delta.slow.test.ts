import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import type { Store } from '../../src/stores/port.ts'
import { askDelta, readDeltaLog } from '../harness/delta_reader.ts'
import { needs } from '../harness/needs.ts'
import { findPython, runPython } from '../harness/python.ts'
import { delta } from '../harness/store_engines.ts'
import { after, batchesFrom, storedRecords, storedTopic } from '../harness/stored_records.ts'
import { keepsRows } from './keeps_rows.ts'

describe('delta', keepsRows(delta()))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-delta-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const open = (): Promise<Store> => openStore(`delta:${folder}`, storedTopic, { holder: 'one', held: false })
const windows = (): string => join(folder, 'market_windows')
const parquetIn = (): string[] =>
  readdirSync(windows(), { recursive: true, encoding: 'utf8' }).filter(name => /^dt.*parquet$/.test(name))

/** So many commits that hold nothing but a position, of another topic. */
async function commitPositions(count: number): Promise<void> {
  const other = { name: 'market.candles', partitions: 1, id: 'other' }
  const store = await openStore(`delta:${folder}`, other, { holder: 'other', held: false })
  for (let offset = 1; offset <= count; offset++) await store.write([], [{ topic: other.name, partition: 0, offset }])
}

const { python, lacks } = await findPython('stores')

describe('delta-rs reads what Node wrote', needs(lacks), () => {
  test('each key once with its highest revision, times in UTC, and the position at the end, from commits and from a checkpoint', async () => {
    const records = storedRecords(21, 400)
    const store = await open()
    for (const batch of batchesFrom(records.slice(0, 300), [], 60)) await store.write(batch, after(batch))
    await commitPositions(100)
    await store.write(records.slice(300), after(records))
    await store.close()
    expect(existsSync(join(windows(), '_delta_log', '_last_checkpoint'))).toBe(true)
    const columns =
      'product, CAST(window_start AS BIGINT) AS at, revision, volume, vwap, final, CAST(dt AS VARCHAR) AS dt'
    const apps = ['spike60/market.windows/0', 'spike60/market.windows/1']
    const query = `SELECT ${columns} FROM t ORDER BY product, window_start`
    const found = (await runPython(python!, 'read_delta.py', [windows(), query, ...apps])) as {
      rows: { at: number }[]
      positions: object
    }
    const own = `SELECT product, (1e6 * window_start)::DOUBLE AS at, revision, volume, vwap, final, '2026-04-04' AS dt FROM market_windows ORDER BY product, window_start`
    expect(found.rows).toEqual(await askDelta(folder, own))
    expect(found.rows.length).toBe(32)
    const ends = after(records).map(({ partition, offset }) => [`spike60/market.windows/${partition}`, offset])
    expect(found.positions).toEqual(Object.fromEntries(ends))
  })
})

test('after a hundred commits a writer begins at the checkpoint; files that were replaced, or never committed, go after an hour', async () => {
  const records = storedRecords(22, 300)
  const store = await open()
  await store.write(records.slice(0, 100), after(records.slice(0, 100)))
  const before = parquetIn()
  const orphan = join(windows(), 'dt=2026-04-04', 'part-orphan.parquet')
  writeFileSync(orphan, 'half')
  utimesSync(orphan, 0, 0)
  await store.write(records.slice(100, 250), after(records.slice(0, 250)))
  await commitPositions(100)
  expect(existsSync(orphan)).toBe(false)
  const files = parquetIn()
  for (const file of [...before, ...readDeltaLog(windows()).files]) expect(files).toContain(file)
  for (let version = 0; version < 100; version++)
    rmSync(join(windows(), '_delta_log', `${version}.json`.padStart(25, '0')))
  const next = await open()
  expect(await next.position()).toEqual(after(records.slice(0, 250)).sort((a, b) => a.partition - b.partition))
  expect(await next.write(records.slice(0, 250), [])).toEqual({ changed: 0, refused: 0 })
  expect((await next.write(records.slice(250), after(records))).changed).toBeGreaterThan(0)
})

test.each([
  [
    'a table of somebody else',
    (log: string) =>
      writeFileSync(
        log,
        `${JSON.stringify({ metaData: { id: 'x', schemaString: '{}', partitionColumns: [], configuration: {} } })}\n`,
      ),
    /a Delta table of something else/,
  ],
  ['a log that is none', (log: string) => writeFileSync(log, '{"add":17}\n'), /is no log of a Delta table of ours/],
  ['a torn log', (log: string) => writeFileSync(log, '{"add":{"pa'), /is no log of a Delta table of ours/],
])('%s is refused in a line', async (_, make, told) => {
  mkdirSync(join(windows(), '_delta_log'), { recursive: true })
  make(join(windows(), '_delta_log', '00000000000000000000.json'))
  await expect(open()).rejects.toMatchObject({ code: 'STORE_REFUSED', faults: [expect.stringMatching(told)] })
})

test('features of Delta that another program turned on, and a file that is gone, are refused in a line', async () => {
  const store = await open()
  const records = storedRecords(24, 100)
  await store.write(records.slice(0, 50), after(records.slice(0, 50)))
  for (const file of parquetIn()) rmSync(join(windows(), file))
  await expect(store.write(records.slice(50), after(records))).rejects.toMatchObject({
    code: 'STORE_REFUSED',
    faults: [expect.stringMatching(/cannot be read or written/)],
  })
  const log = join(windows(), '_delta_log', '00000000000000000000.json')
  appendFileSync(log, '{"protocol":{"minReaderVersion":3,"minWriterVersion":7}}\n')
  await expect(open()).rejects.toMatchObject({
    code: 'STORE_REFUSED',
    faults: [expect.stringMatching(/features of Delta/)],
  })
})
