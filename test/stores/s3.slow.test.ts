import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { withLock } from '../../src/files/lock.ts'
import { restoreBronze } from '../../src/jobs/archive/restore.ts'
import { uploadBronze } from '../../src/jobs/archive/upload.ts'
import { backfill } from '../../src/jobs/backfill/run.ts'
import { replay } from '../../src/jobs/replay/replay.ts'
import { controlLine } from '../../src/market/bronze/line.ts'
import { openStore } from '../../src/stores/open.ts'
import { openBucket } from '../../src/stores/s3/client.ts'
import { simulatedCapture } from '../fixtures/simulated_captures.ts'
import { type Aws, startAws } from '../harness/aws.ts'
import { askLake } from '../harness/lake_reader.ts'
import { needs } from '../harness/needs.ts'
import { findPython } from '../harness/python.ts'
import { s3 } from '../harness/store_engines.ts'
import { after, storedRecords, storedTopic } from '../harness/stored_records.ts'
import { keepsRows } from './keeps_rows.ts'

const { python, lacks } = await findPython('stores')
describe('s3', needs(lacks), keepsRows(s3(python)))

describe('a bucket', needs(lacks), () => {
  let server: Aws
  let folder: string
  beforeAll(async () => {
    server = await startAws(python!)
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spike60-archive-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('boto3 finds Parquet by day and product, named by offsets, each key once with its highest revision', async () => {
    await server.makeBucket('seen')
    const records = storedRecords(31, 200)
    const store = await openStore('s3://seen/lake', storedTopic, { holder: 'one', held: false })
    await store.write(records.slice(0, 100), after(records.slice(0, 100)))
    await store.write(records.slice(100), after(records))
    const sql = 'SELECT product, window_start, revision FROM market_windows ORDER BY product, window_start'
    const found = await askLake(server, 's3://seen/lake', sql, python!)
    expect(found).toEqual(await askLake(server, 's3://seen/lake', sql))
    expect(found.length).toBeGreaterThan(25)
    const keys = (await server.run(python!, 'fetch_bucket.py', ['s3://seen/lake', folder])) as string[]
    const [first] = after(records.slice(0, 100)).sort((a, b) => a.partition - b.partition)
    expect(keys).toContainEqual(
      expect.stringMatching(
        new RegExp(`^market_windows/dt=2026-04-04/symbol=BTC-USD/market.windows-.*0\\.0-${first.offset}`),
      ),
    )
  })

  /** A recording of three files, and what a replay of it gives. */
  const recording = async (): Promise<{ raw: string; digest: string }> => {
    const raw = join(folder, 'raw')
    mkdirSync(raw)
    const lines = gunzipSync(readFileSync(simulatedCapture('simulated-bronze', 0.1).path))
      .toString()
      .trim()
      .split('\n')
    const third = Math.ceil(lines.length / 3)
    for (let part = 0; part < 3; part++)
      writeFileSync(
        join(raw, `simulated-${part}.ndjson`),
        `${lines.slice(part * third, (part + 1) * third).join('\n')}\n`,
      )
    return { raw, digest: await digestOf(raw) }
  }
  const digestOf = async (raw: string): Promise<string> => {
    const files = (await readdir(raw)).filter(name => name.endsWith('.ndjson')).map(name => join(raw, name))
    return (await replay({ raw: files, out: null, config: readConfig() })).digest
  }

  test('recordings go up, what is published goes from here, and what comes back replays to the same digest', async () => {
    await server.makeBucket('bronze')
    const bucket = openBucket('s3://bronze/raw')
    const { raw, digest } = await recording()
    expect(await uploadBronze(raw, bucket, false)).toMatchObject({ uploaded: 3, there: 0, removed: 0 })
    expect(await uploadBronze(raw, bucket, true)).toMatchObject({ uploaded: 0, there: 3, removed: 0, unpublished: 3 })
    const size = readFileSync(join(raw, 'simulated-0.ndjson')).length
    const note = { 'simulated-0.ndjson': { offset: size, line: 1 }, 'simulated-1.ndjson': { offset: 1, line: 1 } }
    writeFileSync(join(raw, '.published-0a0a0a0a-0b0b0b0b.json'), JSON.stringify(note))
    expect(await uploadBronze(raw, bucket, true)).toMatchObject({ there: 3, removed: 1, unpublished: 2 })
    expect(await readdir(raw)).not.toContain('simulated-0.ndjson')
    const restored = join(folder, 'restored')
    expect(await restoreBronze(bucket, restored)).toEqual({ restored: 3, there: 0 })
    expect(await digestOf(restored)).toBe(digest)
    expect(await restoreBronze(bucket, restored)).toEqual({ restored: 0, there: 3 })
    const work = { out: join(folder, 'rows'), workers: 1, chunk: 600, config: readConfig() }
    const kept = join(folder, 'events')
    expect(await backfill({ ...work, from: { bucket }, keepArchive: kept })).toMatchObject({ digest })
    expect(await readdir(kept)).not.toContain('.bronze')
  })

  test('what lies there is never replaced, nor taken away here where it is another one; what is being written stays', async () => {
    await server.makeBucket('other')
    const bucket = openBucket('s3://other')
    const { raw } = await recording()
    await uploadBronze(raw, bucket, false)
    const changed = join(raw, 'simulated-1.ndjson')
    writeFileSync(changed, readFileSync(changed).subarray(0, -100))
    await expect(uploadBronze(raw, bucket, true)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      faults: [expect.stringMatching(/simulated-1\.ndjson\.zst holds other bytes/)],
    })
    await expect(restoreBronze(bucket, raw)).rejects.toMatchObject({
      code: 'BAD_FILE',
      faults: [expect.stringMatching(/simulated-1\.ndjson: is another file/)],
    })
    const live = join(folder, 'live')
    mkdirSync(live)
    writeFileSync(join(live, 'a.ndjson'), `${controlLine('simulated', 'a', Date.now() * 1000, 'open')}\n`)
    writeFileSync(join(live, 'b.ndjson'), 'no bronze\n')
    const lock = join(live, '.ingest.db')
    const held = await withLock(lock, 0, () => uploadBronze(live, bucket, true))
    expect(held).toMatchObject({ uploaded: 0, open: 1, others: ['b.ndjson'] })
    expect(await uploadBronze(live, bucket, true)).toMatchObject({ uploaded: 1, open: 0, unpublished: 1 })
  })
})
