import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { checkEnd, engineOf } from '../../../src/jobs/backfill/end_record.ts'
import { manifestName } from '../../../src/jobs/backfill/manifest.ts'
import { backfill } from '../../../src/jobs/backfill/run.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { withDuckDB } from '../../../src/stores/duckdb.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Outgoing } from '../../../src/streams/port.ts'
import { simulatedCapture } from '../../fixtures/simulated_captures.ts'

const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'spike60-backfill-'))
const archive = join(folder, 'archive')
// so long that a product's day is more than one block of the digest's 4,096 rows
const raw = [simulatedCapture('simulated-bronze', 1.2).path]
let digest: string
const options = { workers: 2, chunk: 600, config }
let attempt = 0
const out = (): string => join(folder, `out-${attempt}`)

beforeAll(async () => {
  digest = (await replay({ raw, out: join(folder, 'replayed.parquet'), config })).digest
  await backfill({ ...options, from: { raw }, keepArchive: archive, out: join(folder, 'first') })
})
afterEach(() => {
  vi.unstubAllEnvs()
  attempt++
})
afterAll(() => rmSync(folder, { recursive: true }))

const rowsOf = (source: string): Promise<unknown> =>
  withDuckDB(async connection => {
    return (await connection.runAndReadAll(`SELECT COUNT(*), bit_xor(hash(row)) FROM ${source} AS row`)).getRowsJS()
  })

it.each([
  [1, 600],
  [3, 1200],
  [2, 86_400],
])('%d workers, chunks of %d s: the digest of replay', async (workers, chunk) => {
  const result = await backfill({ ...options, from: { archive }, out: out(), workers, chunk })
  expect(result.digest).toBe(digest)
  expect(result.rows).toBeGreaterThan(2 * 4096)
  expect(readdirSync(out()).filter(name => !name.startsWith('dt='))).toEqual(['_backfill.json'])
})

it('from the first record of a topic of events: the digest of replay; a record that is none is refused by its place', async () => {
  const streams = await openStreams(`embedded://${join(folder, 'topics.db')}`)
  const topic = 'ticks.raw'
  const short = [simulatedCapture('simulated-bronze', 0.2).path]
  try {
    await streams.createTopics([{ name: topic, partitions: 2 }])
    const writer = await streams.writer('test')
    const records: Outgoing[] = []
    for await (const { events } of readEvents(short, config))
      for (const event of events) records.push({ topic, key: event.product, value: encodeEvent(event) })
    await writer.commit({ records })
    const result = await backfill({ ...options, chunk: 86_400, from: { streams, topic }, out: out() })
    expect(result.digest).toBe((await replay({ raw: short, out: null, config })).digest)
    await writer.commit({ records: [{ topic, key: 'BTC-USD', value: '{}' }] })
    await expect(backfill({ ...options, from: { streams, topic }, out: join(folder, 'none') })).rejects.toMatchObject({
      code: 'LOG_CORRUPT',
      message: expect.stringMatching(/topic ticks\.raw, partition \d, offset \d+: is no market event/),
    })
    expect(existsSync(join(folder, 'none'))).toBe(false)
    await writer.close()
  } finally {
    await streams.close()
  }
})

it('its Parquet files hold the rows of replay, sigma_future among them, by day and product', async () => {
  const files = `(SELECT * EXCLUDE (dt) FROM '${join(folder, 'first')}/*/*/*.parquet')`
  expect(await rowsOf(files)).toEqual(await rowsOf(`'${join(folder, 'replayed.parquet')}'`))
})

it('no folder of somebody is written into', async () => {
  const mine = mkdtempSync(join(folder, 'mine-'))
  writeFileSync(join(mine, 'years'), 'of work')
  await expect(backfill({ ...options, from: { archive }, out: mine })).rejects.toMatchObject({ code: 'BAD_FILE' })
  expect(readdirSync(mine)).toEqual(['years'])
})

describe('a worker that', () => {
  it.each([
    ['ends early with exit code 0', 'process.exit(0)', /its worker ended early \(exit code 0\)/],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", /its worker ended early \(SIGKILL\)/],
    ['says something else', "console.log('hello')", /the answer of its worker is not JSON/],
  ])('%s ends the back-fill, and nothing stands there', async (_, code, message) => {
    vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${encodeURIComponent(code)}`)
    const failing = backfill({ ...options, from: { archive }, out: out() })
    await expect(failing).rejects.toMatchObject({ code: 'CHECK_FAILED', message: expect.stringMatching(message) })
    expect(readdirSync(folder).filter(name => name.startsWith('out-'))).not.toContainEqual(
      expect.stringContaining(`out-${attempt}`),
    )
  })

  it.each([
    ['is of another Node', { node: '20.0.0' }, /its worker has node 20\.0\.0, this program .*: use the same/],
    ['has another configuration', { config_hash: 'f' }, /config_hash f/],
    ['answers for another chunk', { product: 'ETH-USD' }, /its worker answered for ETH-USD 7/],
    ['gives half of an end record', { rows: undefined }, /is no end record/],
  ])('%s is refused', (_, change, message) => {
    const end = { product: 'BTC-USD', from: 7, rows: 1, events: 2, crc32: 3, ...engineOf(config), ...change }
    expect(() => checkEnd(JSON.stringify(end), { product: 'BTC-USD', from: 7 }, config)).toThrow(message)
  })
})

describe('an archive', () => {
  const edit = (change: (text: string) => string): string => {
    const copy = join(folder, `copy-${attempt}`)
    cpSync(archive, copy, { recursive: true })
    const path = join(copy, manifestName)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    return copy
  }

  it.each([
    [
      'of another spec version',
      (text: string) => text.replace(/"spec_version": "[^"]*"/, '"spec_version": "0"'),
      /is of features of spec version 0/,
    ],
    [
      'of other settings',
      (text: string) => text.replace(/"config_hash": "./, '"config_hash": "x'),
      /was made with other settings/,
    ],
    [
      'with a segment missing',
      (text: string) => text.replace('"first": 0', '"first": 5'),
      /a segment is missing: event 0 is next/,
    ],
    ['with a manifest that is cut', (text: string) => text.slice(0, 80), /is not JSON/],
  ])('%s is refused by name, and nothing is made', async (_, change, message) => {
    const refused = backfill({ ...options, from: { archive: edit(change) }, out: out() })
    await expect(refused).rejects.toMatchObject({ code: 'BAD_FILE', message: expect.stringMatching(message) })
    expect(existsSync(out())).toBe(false)
  })

  it('without one of its files, or that is none, is refused', async () => {
    const copy = edit(text => text)
    renameSync(join(copy, 'BTC-USD'), join(copy, 'elsewhere'))
    await expect(backfill({ ...options, from: { archive: copy }, out: out() })).rejects.toThrow(
      /BTC-USD: .* is not there/,
    )
    await expect(backfill({ ...options, from: { archive: folder }, out: out() })).rejects.toThrow(/manifest\.json/)
  })
})
