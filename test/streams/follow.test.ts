import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SpikeError } from '../../errors.ts'
import { follow, type Job } from '../../streams/follow.ts'
import { openStreams } from '../../streams/open.ts'
import type { Streams, Transaction, Writer } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'

const input = 'in'
const output = 'out'
let folder: string
let spec: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-follow-'))
  spec = `embedded://${join(folder, 'streams.db')}`
  const streams = await openStreams(spec)
  await streams.createTopics([
    { name: input, partitions: 2 },
    { name: output, partitions: 1 },
  ])
  const writer = await streams.writer('feed')
  await writer.commit({
    records: Array.from({ length: 500 }, (_, i) => ({ topic: input, key: `${i % 9}`, value: `${i}` })),
  })
  await streams.close()
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

/** Sums what came per partition: a state that is wrong as soon as one record is lost or taken twice. */
async function begin(streams: Streams): Promise<Job> {
  const start = await streams.committed('job', input)
  let sum = 0
  for await (const records of readAll(streams, output)) sum = Number(records.at(-1)!.value)
  return {
    start,
    compute(batch): Transaction {
      for (const { value } of batch) sum += Number(value)
      const positions = new Map(
        batch.map(record => [
          record.partition,
          { topic: input, partition: record.partition, offset: record.offset + 1 },
        ]),
      )
      return {
        records: [{ topic: output, key: 'sum', value: `${sum}` }],
        group: 'job',
        positions: [...positions.values()],
      }
    },
  }
}

async function lastSum(): Promise<number> {
  const streams = await openStreams(spec)
  let sum = 0
  for await (const records of readAll(streams, output)) sum = Number(records.at(-1)!.value)
  await streams.close()
  return sum
}

/** Streams whose readers give 40 records at once and whose writers fail as told: before or after the commit took effect. */
async function faulty(failures: ('before' | 'after')[]): Promise<Streams> {
  const streams = await openStreams(spec)
  return {
    ...streams,
    async reader(topic, start) {
      const reader = await streams.reader(topic, start)
      return { ...reader, poll: (max, waitMs) => reader.poll(Math.min(max, 40), waitMs) }
    },
    async writer(id): Promise<Writer> {
      const writer = await streams.writer(id)
      let calls = 0
      return {
        ...writer,
        async commit(transaction) {
          const failure = ++calls % 2 === 0 ? failures.shift() : undefined
          if (failure !== 'before') await writer.commit(transaction)
          if (failure) throw new SpikeError('BROKER_UNAVAILABLE', `lost ${failure} the commit`)
          return []
        },
      }
    },
  }
}

test('reads to the end it was told to finish at, each record once, whatever commits fail', async () => {
  const failures: ('before' | 'after')[] = ['before', 'after', 'after']
  await follow({
    open: () => faulty(failures),
    begin,
    topic: input,
    writer: 'job',
    stop: new AbortController().signal,
    finish: AbortSignal.abort(),
  })
  expect(failures).toEqual([])
  expect(await lastSum()).toBe((499 * 500) / 2)
})

test('an error that no retry can help ends it', async () => {
  const refused = follow({
    open: () => openStreams(spec),
    begin: async () => ({
      start: [],
      compute: () => ({ records: [{ topic: 'nowhere', key: 'a', value: '' }] }),
    }),
    topic: input,
    writer: 'job',
    stop: new AbortController().signal,
  })
  await expect(refused).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
})

test('stops when told to', async () => {
  const stop = new AbortController()
  await follow({
    open: () => openStreams(spec),
    begin: async streams => {
      const job = await begin(streams)
      return {
        ...job,
        compute(batch) {
          stop.abort()
          return job.compute(batch)
        },
      }
    },
    topic: input,
    writer: 'job',
    stop: stop.signal,
  })
  expect(await lastSum()).toBe((499 * 500) / 2)
})
