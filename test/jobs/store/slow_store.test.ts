import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { runStore } from '../../../src/jobs/store/run.ts'
import { SlowStore } from '../../../src/jobs/store/slow_store.ts'
import type { Store } from '../../../src/stores/port.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { storedRecords, storedTopic } from '../../harness/stored_records.ts'

const slow = vi.hoisted(() => ({ ms: 0, batches: [] as number[], atOnce: 0, most: 0 }))
vi.mock('../../../src/stores/open.ts', () => ({
  openStore: async (): Promise<Store> => ({
    position: async () => [],
    async write(batch) {
      slow.most = Math.max(slow.most, ++slow.atOnce)
      await delay(slow.ms)
      slow.atOnce--
      slow.batches.push(batch.length)
      return { changed: batch.length, refused: 0 }
    },
    async close() {},
  }),
}))

test('3.46: the mean of the last ten writes above 100 ms is half a second of rest; of a thousand records and more, for each thousand', () => {
  const store = new SlowStore()
  const noted = (ms: number[], records = 10): number[] => ms.map(one => store.note(one, records))
  expect(noted(new Array(9).fill(300))).toEqual(new Array(9).fill(0))
  expect(noted([300])).toEqual([500])
  expect(noted(new Array(6).fill(0))).toEqual([500, 500, 500, 500, 500, 500])
  expect(noted([0])).toEqual([0])
  expect(noted(new Array(20).fill(390), 4000)).toEqual(new Array(20).fill(0))
})

test('a slow store is waited for: one batch in hand at a time, lag grows, and drains once it is quick again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-slow-'))
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  try {
    await streams.createTopics([storedTopic])
    const writer = await streams.writer('publisher')
    const records = storedRecords(9, 400).map(({ topic, key, value }) => ({ topic, key, value }))
    await writer.commit({ records })
    const few = {
      ...streams,
      reader: async (...where: Parameters<typeof streams.reader>) => {
        const reader = await streams.reader(...where)
        return { ...reader, positions: () => reader.positions(), poll: (_: number, ms: number) => reader.poll(30, ms) }
      },
    }
    slow.ms = 110
    const job = { streams: few, topic: storedTopic.name, store: 'slow', finish: AbortSignal.abort() }
    const result = await runStore({ ...job, status: newJobStatus() })
    expect(result).toMatchObject({ records: 400, batches: 14, pauses: 5 })
    expect([slow.most, Math.max(...slow.batches)]).toEqual([1, 30])
    slow.ms = 0
    expect(await runStore({ ...job, status: newJobStatus() })).toMatchObject({ records: 400, pauses: 0 })
    await writer.close()
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true })
  }
})
