import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { runStore, type StoreResult } from '../../../src/jobs/store/run.ts'
import { checkStore } from '../../../src/stores/open.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { askDelta } from '../../harness/delta_reader.ts'
import { storedRecords, storedTopic } from '../../harness/stored_records.ts'

const { name: topic, partitions } = storedTopic
let folder: string
let streams: Streams
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-store-job-'))
  streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  await streams.createTopics([{ name: topic, partitions }])
})
afterEach(async () => {
  await streams.close()
  rmSync(folder, { recursive: true, force: true })
})

async function publish(from: number, to: number): Promise<void> {
  const writer = await streams.writer('publisher')
  const records = storedRecords(9, to).slice(from)
  await writer.commit({ records: records.map(({ key, value }) => ({ topic, key, value })) })
  await writer.close()
}

const store = (): string => join(folder, 'store.db')
const run = (): Promise<StoreResult> =>
  runStore({ streams, topic, store: `sqlite:${store()}`, status: newJobStatus(), finish: AbortSignal.abort() })

test('reads to the end of the topic, and the next run goes on from the position in the store', async () => {
  await publish(0, 5000)
  const first = await run()
  expect(first).toMatchObject({ records: 5000, positions: await streams.ends(topic) })
  expect(first.refused).toBeGreaterThan(100)
  expect(await run()).toMatchObject({ records: 0, changed: 0, positions: first.positions })
  await publish(5000, 5600)
  expect(await run()).toMatchObject({ records: 600, positions: await streams.ends(topic) })
})

test('where commits are dear, records are gathered; at the end all of them are there, in tables of Delta', async () => {
  await publish(0, 9000)
  const lake = join(folder, 'lake')
  const again = (): Promise<StoreResult> =>
    runStore({ streams, topic, store: `delta:${lake}`, status: newJobStatus(), finish: AbortSignal.abort() })
  const first = await again()
  expect(first).toMatchObject({ records: 9000, batches: 1, positions: await streams.ends(topic) })
  expect(await again()).toMatchObject({ records: 0, changed: 0, positions: first.positions })
  const [{ n }] = await askDelta(lake, 'SELECT count(*)::DOUBLE AS n FROM market_windows')
  expect(n).toBe(32)
})

test('a store that another process holds is waited for, and each record counts once', async () => {
  await publish(0, 300)
  const free = await run()
  const before = new DatabaseSync(store())
  before.exec('BEGIN IMMEDIATE')
  await publish(300, 600)
  const lines: unknown[] = []
  const log = pino(
    { level: 'warn' },
    {
      write: line => {
        lines.push(JSON.parse(line).code)
        if (before.isOpen) before.close()
      },
    },
  )
  const ends = { finish: AbortSignal.abort(), log }
  const result = await runStore({ streams, topic, store: `sqlite:${store()}`, status: newJobStatus(), ...ends })
  expect(lines[0]).toBe('STORE_UNAVAILABLE')
  expect(result.records).toBe(300)
  expect(free.records + result.records).toBe(600)
})

test.each([
  ['s3:bucket', /not this address of s3/],
  ['oracle://host/database', /not this address of oracle/],
  ['nonsense', /not 'nonsense'/],
  ['sqlite:', /sqlite:FILE, hot:FILE .*, delta:FOLDER, .* or postgres:\/\/HOST:PORT\/DATABASE/],
  ['delta://host', /not this address of delta/],
])('%s is refused in a line that says what there is', (spec, told) => {
  expect(() => checkStore(spec)).toThrow(told)
  expect(() => checkStore(spec)).toThrow(/^--store takes sqlite:FILE, .* or postgres:.*no other kind yet$/)
})
