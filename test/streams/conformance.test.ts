import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStreams, openStreamsBeside } from '../../src/streams/open.ts'
import { partitionOf } from '../../src/streams/partition.ts'
import type { Outgoing, Position, Streams } from '../../src/streams/port.ts'
import { readAll } from '../../src/streams/read_all.ts'
import { textsOf } from '../harness/job_outputs.ts'
import { needs } from '../harness/needs.ts'
import { type Engine, engines, freshName, readUntil } from '../harness/stream_engines.ts'

const child = fileURLToPath(new URL('../harness/committing_child.ts', import.meta.url))

const topicsOn =
  (engine: Engine, open = (spec: string) => openStreams(spec)) =>
  (): void => {
    let spec: string
    let streams: Streams
    let topic: string
    let input: string

    beforeAll(async () => {
      spec = await engine.prepare()
    })
    afterAll(() => engine.cleanUp())
    beforeEach(async () => {
      streams = await open(spec)
      topic = freshName('topic')
      input = freshName('input')
      await streams.createTopics([
        { name: topic, partitions: 3 },
        { name: input, partitions: 2 },
      ])
    })
    afterEach(() => streams.close())

    const texts = (from: Streams = streams): Promise<string[]> => textsOf(from, topic)

    async function write(records: Outgoing[]): Promise<void> {
      const writer = await streams.writer(freshName('writer'))
      await writer.commit({ records })
      await writer.close()
    }

    test('10,000 records come back, in order within a partition, each where its key belongs', async () => {
      const records = Array.from({ length: 10_000 }, (_, i) => ({ topic, key: `key-${i % 37}`, value: `${i}` }))
      await write(records)
      const reader = await streams.reader(topic)
      const found = await readUntil(reader, await streams.ends(topic))
      await reader.close()
      for (const partition of [0, 1, 2]) {
        const inside = found.filter(record => record.partition === partition)
        const expected = records.filter(({ key }) => partitionOf(key, 3) === partition)
        expect(inside.map(({ key, value }) => [key, value.toString()])).toEqual(expected.map(r => [r.key, r.value]))
        expect(inside.every(({ offset }, i) => i === 0 || offset > inside[i - 1].offset)).toBe(true)
      }
      expect(found).toHaveLength(records.length)
    })

    test('a commit tells where the partitions that were written end, and a reader goes on from there', async () => {
      const writer = await streams.writer(freshName('writer'))
      const ends = await writer.commit({ records: [1, 2, 3, 4, 5, 6].map(i => ({ topic, key: `${i}`, value: 'old' })) })
      const written = new Set([1, 2, 3, 4, 5, 6].map(i => partitionOf(`${i}`, 3)))
      expect(new Set(ends.map(({ partition }) => partition))).toEqual(written)
      await writer.commit({ records: [1, 2, 3].map(i => ({ topic, key: `${i}`, value: 'new' })) })
      const reader = await streams.reader(topic, ends)
      const found = await readUntil(reader, await streams.ends(topic))
      expect(found.map(({ value }) => value.toString())).toEqual(['new', 'new', 'new'])
      await reader.close()
      await writer.close()
    })

    test('positions are committed with the records and replaced by later ones', async () => {
      expect(await streams.committed('group', input)).toEqual([])
      const writer = await streams.writer(freshName('writer'))
      const group = freshName('group')
      await writer.commit({
        records: [{ topic, key: 'a', value: 'x' }],
        group,
        positions: [
          { topic: input, partition: 0, offset: 7 },
          { topic: input, partition: 1, offset: 0 },
        ],
      })
      await writer.commit({ records: [], group, positions: [{ topic: input, partition: 0, offset: 9 }] })
      expect(await streams.committed(group, input)).toEqual([
        { topic: input, partition: 0, offset: 9 },
        { topic: input, partition: 1, offset: 0 },
      ])
      expect(await streams.committed(group, input, [1])).toEqual([{ topic: input, partition: 1, offset: 0 }])
      expect(await streams.committed(freshName('group'), input)).toEqual([])
      await writer.close()
    })

    test('a transaction that fails leaves nothing, and its writer goes on', async () => {
      const writer = await streams.writer(freshName('writer'))
      const group = freshName('group')
      const failed = writer.commit({
        records: [
          { topic, key: 'a', value: 'lost' },
          { topic: freshName('nowhere'), key: 'a', value: 'lost' },
        ],
        group,
        positions: [{ topic: input, partition: 0, offset: 1 }],
      })
      await expect(failed).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
      await writer.commit({ records: [{ topic, key: 'a', value: 'kept' }] })
      expect(await texts()).toEqual(['kept'])
      expect(await streams.committed(group, input)).toEqual([])
      await writer.close()
    })

    test('a newer writer fences an older one of its id', async () => {
      const id = freshName('writer')
      const older = await streams.writer(id)
      await older.commit({ records: [{ topic, key: 'a', value: 'first' }] })
      const newer = await streams.writer(id)
      const late = { records: [{ topic, key: 'a', value: 'late' }] }
      await expect(older.commit(late)).rejects.toMatchObject({ code: 'WRITER_FENCED', retriable: false })
      await newer.commit({ records: [{ topic, key: 'a', value: 'second' }] })
      await expect(older.commit(late)).rejects.toMatchObject({ code: 'WRITER_FENCED' })
      await newer.commit({ records: [{ topic, key: 'a', value: 'third' }] })
      expect(await texts()).toEqual(['first', 'second', 'third'])
      await older.close()
      await newer.close()
    })

    test('a writer that is opened again with its claim goes on; with the claim of an older one it fences nobody', async () => {
      const id = freshName('writer')
      const value = (text: string) => ({ records: [{ topic, key: 'a', value: text }] })
      const first = await streams.writer(id)
      await first.commit(value('first'))
      await first.close()
      const again = await streams.writer(id, first.claim())
      await again.commit(value('again'))
      await expect(first.commit(value('late'))).rejects.toThrow('is closed')
      const newer = await streams.writer(id)
      await newer.commit(value('newer'))
      for (const older of [first, again])
        await expect(streams.writer(id, older.claim())).rejects.toMatchObject({
          code: 'WRITER_FENCED',
          retriable: false,
        })
      await newer.commit(value('newer still'))
      await (await streams.writer(id, newer.claim())).close()
      expect(await texts()).toEqual(['first', 'again', 'newer', 'newer still'])
      await again.close()
      await newer.close()
    })

    test('what was prepared is written by a commit that begins with it, each record once, and by no other', async () => {
      const group = freshName('group')
      const writer = await streams.writer(freshName('writer'))
      const at = (offset: number) => ({ group, positions: [{ topic: input, partition: 0, offset }] })
      const record = (key: string, value: string) => ({ topic, key, value })
      const records = [record('a', 'first'), record('b', 'first')]
      writer.prepare({ records, group })
      records.push(record('a', 'second'))
      writer.prepare({ records, also: [{ topic: input, key: 'a' }], group })
      records.push(record('a', 'third'), record('c', 'first'))
      const ends = await writer.commit({ records, ...at(1) })
      expect(ends.map(({ partition }) => partition).sort()).toEqual([...new Set(['a', 'b', 'c'].map(placeOf))].sort())
      expect(ends.toSorted((a, b) => a.partition - b.partition)).toEqual(await endsOfRecords())
      writer.prepare({ records: [record('a', 'lost')], group: freshName('other') })
      await writer.commit({ records: [record('a', 'fourth')], ...at(2) })
      writer.prepare({ records: [record('a', 'lost'), record('b', 'lost')], group })
      await Promise.all([writer.commit({ records: [record('a', 'fifth')] }), writer.commit({ records: [], ...at(3) })])
      writer.prepare({ records: [record('c', 'lost')], group })
      await writer.commit({ records: [], ...at(3) })
      expect((await texts()).filter(text => text === 'lost')).toEqual([])
      expect(await textsOf('a')).toEqual(['first', 'second', 'third', 'fourth', 'fifth'])
      expect(await textsOf('b')).toEqual(['first'])
      expect(await textsOf('c')).toEqual(['first'])
      expect(await streams.committed(group, input)).toEqual([{ topic: input, partition: 0, offset: 3 }])
      await writer.close()

      function placeOf(key: string): number {
        return partitionOf(key, 3)
      }
      /** Ends as a commit tells them: those of the records, before the marker that Kafka puts behind them. */
      async function endsOfRecords(): Promise<Position[]> {
        const places = new Map<number, number>()
        for await (const read of readAll(streams, topic))
          for (const { partition, offset } of read) places.set(partition, offset + 1)
        return [...places].sort(([a], [b]) => a - b).map(([partition, offset]) => ({ topic, partition, offset }))
      }
      async function textsOf(key: string): Promise<string[]> {
        const found: string[] = []
        for await (const read of readAll(streams, topic))
          found.push(...read.filter(one => one.key === key).map(({ value }) => value.toString()))
        return found
      }
    })

    test('what was prepared and never committed is nothing, to readers, positions and the next writer', async () => {
      const [id, group] = [freshName('writer'), freshName('group')]
      const record = { topic, key: 'a', value: 'kept' }
      const first = await streams.writer(id)
      first.prepare({ records: [record], group })
      await first.close()
      await write([record])
      expect(await texts()).toEqual(['kept'])
      expect(await streams.committed(group, input)).toEqual([])
      const next = await streams.writer(id)
      next.prepare({ records: [record], group })
      const newest = await streams.writer(id)
      await expect(next.commit({ records: [record] })).rejects.toMatchObject({ code: 'WRITER_FENCED' })
      await newest.commit({ records: [record] })
      expect(await texts()).toEqual(['kept', 'kept'])
      await next.close()
      await newest.close()
    })

    test('what goes wrong with preparing is said by the commit', async () => {
      const nowhere = { topic: freshName('nowhere'), key: 'a', value: 'lost' }
      const kept = { topic, key: 'a', value: 'kept' }
      const writer = await streams.writer(freshName('writer'))
      writer.prepare({ records: [nowhere] })
      await expect(writer.commit({ records: [kept, nowhere] })).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
      await writer.commit({ records: [kept] })
      expect(await texts()).toEqual(['kept'])
      await writer.close()
    })

    test('commits that are not waited for happen in their order', async () => {
      const writer = await streams.writer(freshName('writer'))
      await Promise.all([0, 1, 2, 3, 4].map(i => writer.commit({ records: [{ topic, key: 'a', value: `${i}` }] })))
      expect(await texts()).toEqual(['0', '1', '2', '3', '4'])
      await writer.close()
    })

    test('a position outside of the topic is refused rather than moved', async () => {
      await write([{ topic, key: 'a', value: 'x' }])
      const far = [{ topic, partition: 0, offset: 1_000_000 }]
      await expect(streams.reader(topic, far)).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
      const strange = [{ topic, partition: 3, offset: 0 }]
      await expect(streams.reader(topic, strange)).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
    })

    test('a topic that is not there, or has other partitions, is named', async () => {
      const nowhere = freshName('nowhere')
      for (const asked of [streams.reader(nowhere), streams.ends(nowhere), streams.committed('group', nowhere)])
        await expect(asked).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN', message: expect.stringContaining(nowhere) })
      await streams.createTopics([{ name: topic, partitions: 3 }])
      await expect(streams.createTopics([{ name: topic, partitions: 4 }])).rejects.toMatchObject({
        code: 'TOPIC_MISMATCH',
        message: expect.stringContaining(`${topic} has 3 partitions, not 4`),
      })
    })

    test('one topic in two roles is refused, and nothing of it is compacted away', async () => {
      const values = ['0', '1', '2']
      await write(values.map(value => ({ topic, key: 'a', value })))
      const both = [
        { name: topic, partitions: 3 },
        { name: topic, partitions: 3, compacted: true },
      ]
      await expect(streams.createTopics(both)).rejects.toMatchObject({
        code: 'TOPIC_MISMATCH',
        message: expect.stringContaining(`${topic} is named for two purposes`),
      })
      expect(await texts()).toEqual(values)
    })

    test('what is given out at once is bounded by its bytes too, and all of it comes', async () => {
      const values = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(1 << 20)}`)
      for (const value of values) await write([{ topic, key: 'a', value }])
      const reader = await streams.reader(topic)
      try {
        const found: string[] = []
        while (found.length < values.length) {
          const records = await reader.poll(4000, 5000)
          expect(records.length).toBeLessThan(14)
          found.push(...records.map(({ value }) => value.toString()))
        }
        expect(found).toEqual(values)
      } finally {
        await reader.close()
      }
    })

    test('values of 2 MB, empty ones, bytes that are no text and keys of any script come back as they were', async () => {
      const big = Buffer.alloc(2 << 20, 'spike60 ')
      const bytes = Buffer.from([0, 255, 254, 10, 0])
      const keys = ['BTC-USD', 'ключ', '鍵', '🔑', 'a b\tc', '']
      await write([
        ...keys.map(key => ({ topic, key, value: key })),
        { topic, key: 'big', value: big },
        { topic, key: 'bytes', value: bytes },
      ])
      const found = new Map<string, Buffer>()
      for await (const records of readAll(streams, topic)) for (const { key, value } of records) found.set(key, value)
      for (const key of keys) expect(found.get(key)?.toString()).toBe(key)
      expect(found.get('big')?.equals(big)).toBe(true)
      expect(found.get('bytes')?.equals(bytes)).toBe(true)
    })

    test.each([true, false])(
      'the newest record of each key is found; made compacted, from the start %s',
      async fromStart => {
        const name = freshName('states')
        await streams.createTopics([{ name, partitions: 2, compacted: fromStart }])
        const writer = await streams.writer(freshName('writer'))
        const keys = ['a', 'b', 'c']
        for (let round = 0; round < 30; round++) {
          const records = keys.slice(round % 3).map(key => ({ topic: name, key, value: `${key} ${round}` }))
          await writer.commit({ records })
        }
        await writer.close()
        await streams.createTopics([{ name, partitions: 2, compacted: true }])
        const newest = await streams.newest(name, [...keys, 'never'])
        const wanted = { a: 'a 27', b: 'b 28', c: 'c 29' }
        expect(Object.fromEntries([...newest].map(([key, value]) => [key, value.toString()]))).toEqual(wanted)
        const read = await textsOf(streams, name)
        for (const value of Object.values(wanted)) expect(read).toContain(value)
        if (engine.name === 'embedded') expect(read).toHaveLength(3)
        const again = await streams.writer(freshName('writer'))
        await again.commit({ records: [{ topic: name, key: 'b', value: 'b 30' }] })
        await again.close()
        // Kafka acknowledges a commit a little before its marker is written; whoever claims the writer's id first waits for that
        await expect
          .poll(async () => (await streams.newest(name, ['b'])).get('b')?.toString(), { timeout: 10_000 })
          .toBe('b 30')
      },
    )

    test('a poll without records is empty, one that waits is woken by a commit', async () => {
      const reader = await streams.reader(topic)
      expect(await reader.poll(10, 30)).toEqual([])
      const waiting = reader.poll(10, 20_000)
      const elsewhere = await open(spec)
      const writer = await elsewhere.writer(freshName('writer'))
      await writer.commit({ records: [{ topic, key: 'a', value: 'woken' }] })
      expect((await waiting).map(({ value }) => value.toString())).toEqual(['woken'])
      const ended = reader.poll(10, 20_000)
      await reader.close()
      expect(await ended).toEqual([])
      await writer.close()
      await elsewhere.close()
    })

    test('ends, records and positions outlive those who wrote them', async () => {
      const group = freshName('group')
      const writer = await streams.writer(freshName('writer'))
      await writer.commit({
        records: [{ topic, key: 'a', value: 'kept' }],
        group,
        positions: [{ topic: input, partition: 1, offset: 4 }],
      })
      const ends = await streams.ends(topic)
      await writer.close()
      await streams.close()
      streams = await open(spec)
      expect(await streams.ends(topic)).toEqual(ends)
      expect(await streams.committed(group, input)).toEqual([{ topic: input, partition: 1, offset: 4 }])
      expect(await texts()).toEqual(['kept'])
    })

    test('any run of transactions is read as it was written, from any position', async () => {
      const record = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'é'), value: fc.string({ maxLength: 20 }) })
      const runs = fc.array(fc.array(record, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(runs, fc.nat(), async (transactions, pick) => {
          const name = freshName('topic')
          await streams.createTopics([{ name, partitions: 2 }])
          const writer = await streams.writer(freshName('writer'))
          const marks = []
          for (const records of transactions)
            marks.push(await writer.commit({ records: records.map(one => ({ topic: name, ...one })) }))
          await writer.close()
          const cut = pick % transactions.length
          const start = new Map(
            marks
              .slice(0, cut)
              .flat()
              .map(mark => [mark.partition, mark]),
          )
          const reader = await streams.reader(name, [...start.values()])
          const found = await readUntil(reader, await streams.ends(name))
          await reader.close()
          for (const partition of [0, 1])
            expect(
              found.filter(one => one.partition === partition).map(one => [one.key, one.value.toString()]),
            ).toEqual(
              transactions
                .slice(cut)
                .flat()
                .filter(({ key }) => partitionOf(key, 2) === partition)
                .map(({ key, value }) => [key, value]),
            )
        }),
        { numRuns: engine.name === 'embedded' ? 40 : 6, seed: 60 },
      )
    })

    test('a writer killed at any moment leaves whole transactions, and its successor goes on', {
      timeout: 90_000,
    }, async () => {
      const group = freshName('group')
      for (const commits of [1, 4, 9]) {
        const process_ = spawn(process.execPath, [child, spec, topic, input, group], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const exited = once(process_, 'exit')
        let dots = 0
        for await (const chunk of process_.stdout) {
          dots += chunk.length
          if (dots >= commits) process_.kill('SIGKILL')
        }
        await exited
      }
      await (await streams.writer(`writer-of-${topic}`)).close()
      const [{ offset: done }] = await streams.committed(group, input)
      const found = (await texts()).toSorted()
      const expected = Array.from({ length: done }, (_, number) =>
        Array.from({ length: 50 }, (_, i) => `${number} ${i}`),
      )
      expect(done).toBeGreaterThanOrEqual(14)
      expect(found).toEqual(expected.flat().toSorted())
    })
  }

for (const engine of engines()) describe(`topics on ${engine.name}`, needs(engine.lacks), topicsOn(engine))

describe('topics on embedded, in a thread of its own', topicsOn(engines()[0], openStreamsBeside))
