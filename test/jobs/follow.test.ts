import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SpikeError } from '../../src/errors.ts'
import { follow, type Life } from '../../src/jobs/follow.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Streams, Writer } from '../../src/streams/port.ts'
import { readAll } from '../../src/streams/read_all.ts'

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
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Sums what came: a state that is wrong as soon as one record is lost or taken twice. */
async function begin(streams: Streams, life: AsyncDisposableStack): Promise<Life> {
  const writer = await streams.writer('job')
  life.defer(() => writer.close())
  const start = await streams.committed('job', input)
  let sum = 0
  for await (const records of readAll(streams, output)) sum = Number(records.at(-1)!.value)
  return {
    start,
    async take(batch) {
      for (const { value } of batch) sum += Number(value)
      const positions = new Map(
        batch.map(record => [
          record.partition,
          { topic: input, partition: record.partition, offset: record.offset + 1 },
        ]),
      )
      await writer.commit({
        records: [{ topic: output, key: 'sum', value: `${sum}` }],
        group: 'job',
        positions: [...positions.values()],
      })
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
  const streams = await faulty(failures)
  const pauses: number[] = []
  await follow({
    streams,
    begin,
    topics: [input],
    finish: AbortSignal.abort(),
    onRetry: (_, pause) => pauses.push(pause),
  })
  await streams.close()
  expect(failures).toEqual([])
  expect(pauses).toEqual([100, 100, 100])
  expect(await lastSum()).toBe((499 * 500) / 2)
})

test('waits longer while nothing succeeds, closes what each life opened, and stops when told to', async () => {
  const streams = await openStreams(spec)
  const stop = new AbortController()
  const pauses: number[] = []
  let closed = 0
  await follow({
    streams,
    topics: [input],
    stop: stop.signal,
    async begin(_, life) {
      life.defer(async () => {
        closed++
        throw new Error('cannot even be closed')
      })
      throw new SpikeError('BROKER_UNAVAILABLE', 'gone')
    },
    onRetry(_, pause) {
      pauses.push(pause)
      if (pauses.length === 3) stop.abort()
    },
  })
  await streams.close()
  expect({ pauses, closed }).toEqual({ pauses: [100, 200, 400], closed: 3 })
})

test('an error that no retry can help ends it', async () => {
  const streams = await openStreams(spec)
  const writer = await streams.writer('other')
  const refused = follow({
    streams,
    begin: async () => ({
      start: [],
      take: async () => void (await writer.commit({ records: [{ topic: 'nowhere', key: 'a', value: '' }] })),
    }),
    topics: [input],
  })
  await expect(refused).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
  await streams.close()
})

test('reads the partitions it is told to, to their end', async () => {
  const streams = await openStreams(spec)
  const seen = new Set<number>()
  let records = 0
  await follow({
    streams,
    topics: [input],
    finish: AbortSignal.abort(),
    begin: async () => ({
      start: [],
      partitions: [1],
      async take(batch) {
        for (const { partition } of batch) seen.add(partition)
        records += batch.length
      },
    }),
  })
  const ends = await streams.ends(input)
  await streams.close()
  expect([...seen]).toEqual([1])
  expect(records).toBe(ends[1].offset)
  expect(records).toBeGreaterThan(0)
})

test('stops when told to', async () => {
  const stop = new AbortController()
  const streams = await openStreams(spec)
  await follow({
    streams,
    async begin(_, life) {
      const job = await begin(streams, life)
      return {
        ...job,
        take(batch, upTo) {
          stop.abort()
          return job.take(batch, upTo)
        },
      }
    },
    topics: [input],
    stop: stop.signal,
  })
  await streams.close()
  expect(await lastSum()).toBe((499 * 500) / 2)
})
