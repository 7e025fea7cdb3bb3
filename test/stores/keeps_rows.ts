import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../src/core/math/random.ts'
import { readArchive } from '../../src/jobs/retry/read_archive.ts'
import { openStore } from '../../src/stores/open.ts'
import type { Store } from '../../src/stores/port.ts'
import { readTable } from '../../src/stores/read_table.ts'
import { type Row, windowsTable } from '../../src/stores/tables.ts'
import { decodeDeadLetter } from '../../src/streams/dead_letter.ts'
import type { Incoming } from '../../src/streams/port.ts'
import type { StoreEngine } from '../harness/store_engines.ts'
import { after, batchesFrom, storedRecords, storedTopic } from '../harness/stored_records.ts'

const child = fileURLToPath(new URL('../harness/storing_child.ts', import.meta.url))
const open = (spec: string, holder = 'one', held = false): Promise<Store> =>
  openStore(spec, storedTopic, { holder, held })

/** By key, as JSON: what a reader must find, by a slow way of its own. */
function expected(records: Incoming[]): { windows: object[]; candles: object[]; refused: number } {
  const byKey = new Map<string, Record<string, unknown>>()
  let refused = 0
  for (const { value } of records) {
    const text = value.toString()
    if (text.includes('\0')) refused++
    else {
      const { start, end, ...told } = JSON.parse(text)
      const kind = 'vwap' in told ? 'windows' : 'candles'
      const key = `${kind} ${told.product} ${start}`
      const before = byKey.get(key)
      if (before === undefined || told.revision > Number(before.revision))
        byKey.set(key, { ...told, window_start: start, window_end: end })
    }
  }
  const of = (kind: string): object[] => [...byKey].filter(([key]) => key.startsWith(kind)).map(([, row]) => row)
  return { windows: of('windows'), candles: of('candles'), refused }
}

/** What every store must pass. */
export const keepsRows = (engine: StoreEngine) => (): void => {
  beforeAll(() => engine.prepare())
  afterAll(() => engine.cleanUp())

  const found = async (spec: string) => ({
    windows: await engine.ask(spec, 'SELECT * FROM market_windows'),
    candles: await engine.ask(spec, 'SELECT * FROM market_candles'),
    refused: Number((await engine.ask(spec, 'SELECT count(*) AS n FROM store_refused'))[0].n),
  })
  const sorted = ({ windows, candles, refused }: { windows: object[]; candles: object[]; refused: number }) => {
    const inOrder = (rows: object[]): string[] =>
      rows.map(row => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort()
    return { windows: inOrder(windows), candles: inOrder(candles), refused }
  }

  test('a reader from outside finds each key once, its highest revision, every bit, and the position at the end', async () => {
    const spec = await engine.fresh()
    const records = storedRecords(1, 400)
    const store = await open(spec)
    expect(await store.position()).toEqual([])
    for (const batch of batchesFrom(records, [], 33)) await store.write(batch, after(batch))
    expect(await store.position()).toEqual(after(records).sort((a, b) => a.partition - b.partition))
    await store.close()
    expect(sorted(await found(spec))).toEqual(sorted(expected(records)))
    if (!/^(sqlite|postgres|redshift|mysql):/.test(spec)) return
    const archived = await openStore(spec, { ...storedTopic, name: 'x.dlq' }, { holder: 'one', held: false })
    const letters = [7, 11].map((offset): Incoming => {
      const told = { reason: 'poison', topic: 'x', partition: 2, offset: 5, key: 'ü', text: '\\x00"' }
      const context = { letter: { topic: 'x.dlq', partition: 1, offset }, retry_count: 5 }
      const value = Buffer.from(JSON.stringify({ ...told, ...context }))
      return { topic: 'x.dlq', partition: 1, offset, key: 'ü', value }
    })
    await archived.write(letters, after(letters))
    await archived.close()
    const back: Incoming[] = []
    for await (const batch of readArchive(spec, 'x.dlq', [{ topic: 'x.dlq', partition: 1, offset: 8 }]))
      back.push(...batch)
    expect(back.map(({ value, ...place }) => ({ ...place, ...decodeDeadLetter(value) }))).toEqual([
      { topic: 'x', partition: 2, offset: 5, key: 'ü', reason: 'poison', value: Buffer.from('\\x00"') },
    ])
    expect(back[0]).toMatchObject({ topic: 'x.dlq', partition: 1, offset: 11 })
    const parts: Row[][] = []
    for await (const part of readTable(spec, windowsTable, 10)) parts.push(part)
    expect(parts.map(({ length }) => length).slice(0, 3)).toEqual([10, 10, 10])
    const { candles, refused, windows } = { ...(await found(spec)), windows: parts.flat() }
    expect(
      sorted({
        candles,
        refused: refused - letters.length,
        windows: windows.map(row => ({ ...row, trades: Number(row.trades), revision: Number(row.revision) })),
      }),
    ).toEqual(sorted(expected(records)))
  })

  test('the same batch again changes no row: by position, and where it comes at other offsets by revision', async () => {
    const spec = await engine.fresh()
    const records = storedRecords(2, 200)
    const store = await open(spec)
    const first = await store.write(records, after(records))
    expect(first.changed).toBeGreaterThan(30)
    expect(first.refused).toBeGreaterThan(0)
    const before = await found(spec)
    expect(await store.write(records, after(records))).toEqual({ changed: 0, refused: 0 })
    expect(sorted(await found(spec))).toEqual(sorted(before))
    const moved = records.map(record => ({ ...record, offset: record.offset + 1000 }))
    const again = await store.write(moved, after(moved))
    expect(again.refused).toBe(first.refused)
    if (!engine.appends) expect(again.changed).toBe(0)
    expect(sorted({ ...(await found(spec)), refused: 0 })).toEqual(sorted({ ...before, refused: 0 }))
    await store.close()
  })

  test('the highest revision stays, whatever the order and the batches', async () => {
    const random = seededRandom(3)
    const revisions = [1, 2, 3, 4, 5, 6, 7]
    const [one] = storedRecords(4, 60).filter(({ value }) => value.includes('vwap'))
    for (let round = 0; round < 5; round++) {
      const spec = await engine.fresh()
      const store = await open(spec)
      const order = revisions.map(revision => ({ revision, at: random() })).sort((a, b) => a.at - b.at)
      const records = order.map(({ revision }, offset) => {
        const told = { ...JSON.parse(one.value.toString()), revision, vwap: revision }
        return { ...one, offset, value: Buffer.from(JSON.stringify(told)) }
      })
      for (const batch of batchesFrom(records, [], 1 + round)) await store.write(batch, after(batch))
      await store.close()
      expect(await engine.ask(spec, 'SELECT revision, vwap FROM market_windows')).toEqual([{ revision: 7, vwap: 7 }])
    }
  })

  test('a position never goes back, and moves without rows', async () => {
    const store = await open(await engine.fresh())
    const at = (offset: number) => [{ topic: storedTopic.name, partition: 1, offset }]
    await store.write([], at(7))
    await store.write([], at(3))
    expect(await store.position()).toEqual(at(7))
    await store.close()
  })

  test('of two writers the newer one wins, and the older one stops and stays out', async () => {
    const spec = await engine.fresh()
    const records = storedRecords(5, 40)
    const older = await open(spec, 'older')
    await older.write(records.slice(0, 20), after(records.slice(0, 20)))
    const newer = await open(spec, 'newer')
    const late = older.write(records.slice(20), after(records.slice(20)))
    await expect(late).rejects.toMatchObject({ code: 'WRITER_FENCED' })
    expect(sorted(await found(spec))).toEqual(sorted(expected(records.slice(0, 20))))
    await older.close()
    await expect(open(spec, 'older', true)).rejects.toMatchObject({ code: 'WRITER_FENCED' })
    await newer.close()
    const itself = await open(spec, 'newer', true)
    await itself.write(records.slice(20), after(records.slice(20)))
    await itself.close()
    expect(sorted(await found(spec))).toEqual(sorted(expected(records)))
  })

  test('two that write at the same time: one of them is fenced, and nothing counts twice', async () => {
    const spec = await engine.fresh()
    const records = storedRecords(6, 200)
    const write = async (holder: string): Promise<string> => {
      const store = await open(spec, holder)
      try {
        for (const batch of batchesFrom(records, await store.position(), 10)) await store.write(batch, after(batch))
        return 'done'
      } catch (error) {
        return String(Reflect.get(Object(error), 'code'))
      } finally {
        await store.close()
      }
    }
    const ends = await Promise.all(['a', 'b'].map(write))
    expect(ends).toContain('done')
    expect(ends.every(end => ['done', 'WRITER_FENCED'].includes(end))).toBe(true)
    expect(sorted(await found(spec))).toEqual(sorted(expected(records)))
  })

  test('six that find nothing and begin at the same moment: the tables are made once, and nobody ends but by the fence', async () => {
    for (let round = 0; round < 4; round++) {
      const spec = await engine.fresh()
      const ends = await Promise.allSettled(['a', 'b', 'c', 'd', 'e', 'f'].map(holder => open(spec, holder)))
      for (const end of ends) {
        if (end.status === 'fulfilled') await end.value.close()
        else expect(end.reason).toMatchObject({ code: 'WRITER_FENCED' })
      }
      expect(ends.map(({ status }) => status)).toContain('fulfilled')
      await (await open(spec, 'g')).close()
    }
  })

  test('another topic of that name, and tables of a newer spike60, are refused in a line', async () => {
    const spec = await engine.fresh()
    await (await open(spec)).close()
    const other = openStore(spec, { ...storedTopic, id: 'second' }, { holder: 'one', held: false })
    await expect(other).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
    await engine.makeNewer(spec)
    await expect(open(spec)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      faults: [expect.stringMatching(/version 99, this spike60 knows \d/)],
    })
  })

  test('killed at 20 places, before and inside statements, it goes on and nothing is lost or counted twice', async () => {
    const spec = await engine.fresh()
    const random = seededRandom(7)
    const [seed, count] = [8, 600]
    const run = (step: number): unknown => {
      const { signal, status, stderr } = spawnSync('node', [child, spec, `${seed}`, `${count}`, `${step}`], {
        encoding: 'utf8',
      })
      if (signal === null && status !== 0) throw new Error(stderr)
      return signal
    }
    for (let kill = 0; kill < 20; kill++) expect(run(1 + Math.floor(engine.steps * random()))).toBe('SIGKILL')
    expect(await engine.ask(spec, 'SELECT * FROM store_positions')).not.toEqual([])
    expect(run(0)).toBe(null)
    const records = storedRecords(seed, count)
    expect(sorted(await found(spec))).toEqual(sorted(expected(records)))
    const ends = await engine.ask(spec, 'SELECT partition, next_offset FROM store_positions ORDER BY partition')
    expect(ends).toEqual(
      after(records)
        .sort((a, b) => a.partition - b.partition)
        .map(({ partition, offset }) => ({ partition, next_offset: offset })),
    )
  }, 600_000)
}
