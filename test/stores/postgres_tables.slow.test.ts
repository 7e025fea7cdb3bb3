import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/core/math/random.ts'
import { openStore } from '../../src/stores/open.ts'
import type { Store } from '../../src/stores/port.ts'
import { faultOf } from '../../src/stores/postgres/faults.ts'
import type { Incoming } from '../../src/streams/port.ts'
import { needs } from '../harness/needs.ts'
import { lacksPostgres, startPostgres, type TestPostgres } from '../harness/postgres.ts'
import { askPostgres } from '../harness/store_engines.ts'
import { after, batchesFrom, storedRecords, storedTopic } from '../harness/stored_records.ts'

describe('the tables of a Postgres store', needs(lacksPostgres), () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())

  const fresh = async (name: string): Promise<string> => {
    await askPostgres(server.address, `CREATE DATABASE ${name}`)
    return server.address.replace(/postgres$/, name)
  }
  const open = (spec: string): Promise<Store> => openStore(spec, storedTopic, { holder: 'one', held: false })
  const hours = `SELECT product, hour, seconds, windows, trades, trim_scale(volume)::text AS volume, trim_scale(notional)::text AS notional
    FROM market_windows_hourly ORDER BY 1, 2, 3`
  const sums = `SELECT product, date_trunc('hour', window_start, 'UTC') AS hour, extract(epoch FROM window_end - window_start)::int AS seconds,
    count(*) AS windows, sum(trades)::bigint AS trades, trim_scale(sum(volume))::text AS volume, trim_scale(sum(notional))::text AS notional
    FROM market_windows WHERE extract(epoch FROM window_start)::bigint % extract(epoch FROM window_end - window_start)::bigint = 0
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

  test.each([1, 7, 60])('hours are the sums of what stands, whatever revisions come, in batches of %i', async size => {
    const spec = await fresh(`hours${size}`)
    const store = await open(spec)
    const random = seededRandom(size)
    const records = storedRecords(41, 300).filter(({ value }) => value.includes('vwap'))
    const moved = records.map((record): Incoming => {
      const told = JSON.parse(record.value.toString())
      // Over a day's end, of two lengths, some of which overlap, some without sizes.
      const start = 1_775_260_800 + 20 * Math.floor(600 * random())
      const noSizes = random() < 0.2 ? { volume: null, notional: null, vwap: null } : {}
      const value = { ...told, ...noSizes, start, end: start + (random() < 0.5 ? 60 : 20) }
      return { ...record, value: Buffer.from(JSON.stringify(value)) }
    })
    for (const batch of batchesFrom(moved, [], size)) await store.write(batch, after(batch))
    const again = moved.map(record => ({ ...record, offset: record.offset + 1000 }))
    await store.write(again, after(again))
    await store.close()
    const found = await askPostgres(spec, hours)
    expect(found.length).toBeGreaterThan(10)
    expect(found).toEqual(
      (await askPostgres(spec, sums)).map(row => ({
        ...row,
        volume: row.volume ?? '0',
        notional: row.notional ?? '0',
      })),
    )
  })

  test('decimals, moments, texts and the lack of them come as the record has them', async () => {
    const spec = await fresh('cells')
    const store = await open(spec)
    const [one] = storedRecords(43, 60).filter(({ value }) => value.includes('vwap'))
    const volumes = [
      ...['0', '-0.5', '0.0000', '7', '10000', '12345678.00009', '-100000000.1', '0.00000001', '99999999999999999999'],
      ...[`${'9'.repeat(60)}.${'9'.repeat(60)}`, `-1${'0'.repeat(59)}.${'0'.repeat(59)}1`, null],
    ]
    const texts = ['ü€😀', '\\N\t\n\\', '', 'x'.repeat(200)]
    const records = volumes.map((volume, offset): Incoming => {
      const start = 253_402_300_680 - 60 * offset
      const told = { start, end: start + 60, volume, base_asset: texts[offset % 4], vwap: offset === 3 ? null : 5e-324 }
      const value = { ...JSON.parse(one.value.toString()), ...told, notional: null }
      return { ...one, offset, value: Buffer.from(JSON.stringify(value)) }
    })
    expect(await store.write(records, after(records))).toEqual({ changed: records.length, refused: 0 })
    await store.close()
    const found = await askPostgres(
      spec,
      `SELECT extract(epoch FROM window_start)::bigint::text AS start, volume::text, notional, base_asset, vwap, final FROM market_windows ORDER BY window_start DESC`,
    )
    expect(found).toEqual(
      records.map(({ value }) => {
        const { start, volume, notional, base_asset, vwap, final } = JSON.parse(value.toString())
        return { start: `${start}`, volume, notional, base_asset, vwap, final }
      }),
    )
  })

  test('two topics whose rows open the same days at the same moment make them once', async () => {
    const spec = await fresh('same_days')
    const [one] = storedRecords(44, 60).filter(({ value }) => value.includes('vwap'))
    const names = ['a', 'b', 'c', 'd']
    const stores = await Promise.all(
      names.map(name => openStore(spec, { ...storedTopic, name }, { holder: 'one', held: false })),
    )
    for (let day = 0; day < 5; day++) {
      const start = 1_775_260_800 + 86_400 * 7 * day
      await Promise.all(
        stores.map((store, at) => {
          const value = { ...JSON.parse(one.value.toString()), product: `P${at}-USD`, start, end: start + 60 }
          const record = { ...one, topic: names[at], offset: day, value: Buffer.from(JSON.stringify(value)) }
          return store.write([record], after([record]))
        }),
      )
    }
    for (const store of stores) await store.close()
    expect(await askPostgres(spec, 'SELECT count(*) AS n FROM market_windows')).toEqual([{ n: 20 }])
  })

  test('a day is a partition, with those of the two days after, and a reader of one day looks at no other', async () => {
    const spec = await fresh('days')
    const store = await open(spec)
    const records = storedRecords(42, 60)
    await store.write(records, after(records))
    await store.close()
    const partitions = await askPostgres(
      spec,
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'market_windows'::regclass ORDER BY 1`,
    )
    expect(partitions.map(({ name }) => name)).toEqual([
      ...['market_windows_20260404', 'market_windows_20260405', 'market_windows_20260406'],
    ])
    const plan = await askPostgres(spec, `EXPLAIN SELECT * FROM market_windows WHERE window_start > '2026-04-06'`)
    expect(JSON.stringify(plan)).not.toContain('20260404')
    const brin = `SELECT count(*) AS n FROM pg_indexes WHERE indexdef LIKE '%brin%' AND tablename = 'market_windows_20260405'`
    expect(await askPostgres(spec, brin)).toEqual([{ n: 1 }])
    const [latest] = await askPostgres(spec, `SELECT max(window_start) AS at FROM market_windows_latest`)
    expect(latest).toEqual((await askPostgres(spec, 'SELECT max(window_start) AS at FROM market_windows'))[0])
  })

  test.each([1, 2])('tables of version %i are brought forward with all their rows', async version => {
    const spec = await fresh(`former${version}`)
    const store = await open(spec)
    const records = storedRecords(43, 200)
    await store.write(records, after(records))
    await store.close()
    const rows = 'SELECT * FROM market_windows ORDER BY product, window_start'
    const [before, hoursBefore] = [await askPostgres(spec, rows), await askPostgres(spec, hours)]
    // As the former version had them: no days, no hours, in 1 windows and candles alone.
    const keys: Record<string, string> = {
      market_windows: 'product, window_start, window_end',
      market_candles: 'product, window_start, window_end, source',
      ...(version === 2 && { market_trades: 'product, window_start, time_us, trade_id' }),
    }
    const flat = Object.entries(keys).flatMap(([table, key]) => [
      `CREATE TABLE flat AS SELECT * FROM ${table}`,
      `DROP TABLE ${table} CASCADE`,
      `ALTER TABLE flat RENAME TO ${table}`,
      `ALTER TABLE ${table} ADD PRIMARY KEY (${key})`,
    ])
    const gone = ['market_windows_hourly', 'market_aggregations', 'market_anomalies', 'market_sentiment']
    for (const sql of [
      ...flat,
      'CREATE INDEX market_windows_start ON market_windows USING brin (window_start)',
      `DROP TABLE ${[...gone, ...(version === 1 ? ['market_trades'] : [])].join(', ')}`,
      `UPDATE store_version SET version = ${version}`,
    ])
      await askPostgres(spec, sql)
    const again = await open(spec)
    expect(await again.position()).toEqual(after(records).sort((a, b) => a.partition - b.partition))
    await again.close()
    expect(await askPostgres(spec, rows)).toEqual(before)
    expect(await askPostgres(spec, hours)).toEqual(hoursBefore)
    expect(await askPostgres(spec, 'SELECT version FROM store_version')).toEqual([{ version: 3 }])
    expect(await askPostgres(spec, `SELECT relkind FROM pg_class WHERE relname = 'market_anomalies'`)).toEqual([
      { relkind: 'p' },
    ])
  })
})

test('a full disk of the server is one line, and may pass', () => {
  const error = Object.assign(new Error('could not extend file "base/1/2": No space left on device'), { code: '53100' })
  expect(faultOf(error, 'postgres://host:5432/db')).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    faults: [expect.stringMatching(/No space left on device; make room on the server/)],
  })
})
