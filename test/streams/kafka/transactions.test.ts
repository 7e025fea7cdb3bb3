import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { Producer, stringSerializers } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStreams } from '../../../src/streams/open.ts'
import { partitionOf } from '../../../src/streams/partition.ts'
import type { Incoming, Streams } from '../../../src/streams/port.ts'
import { readByJava } from '../../harness/kafka/console_consumer.ts'
import { installJars, lacksKafka } from '../../harness/kafka/install.ts'
import { sharedBroker } from '../../harness/kafka/shared.ts'
import { needs } from '../../harness/needs.ts'
import { freshName, readUntil } from '../../harness/stream_engines.ts'

/** A producer of the client itself: the port cannot leave a transaction open or abort one. */
interface Raw {
  send(partition: number, ...values: string[]): Promise<void>
  commit(): Promise<void>
  abort(): Promise<void>
  close(): Promise<void>
}

describe('committed records, as Kafka’s own console consumer reads them', needs(lacksKafka()), () => {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let streams: Streams

  beforeAll(async () => {
    broker = await sharedBroker()
    streams = await openStreams(`kafka://${broker.address}`)
  })
  afterAll(async () => {
    await streams?.close()
    await broker?.release()
  })

  async function raw(topic: string): Promise<Raw> {
    const producer = new Producer({
      clientId: 'test',
      bootstrapBrokers: [broker.address],
      idempotent: true,
      transactionalId: freshName('raw'),
      retries: 100,
      retryDelay: 20,
      timeout: 60_000,
      serializers: stringSerializers,
    })
    const fence = await producer.beginTransaction({ producerId: -1n, producerEpoch: -1 })
    await fence.cancel()
    let open: Awaited<ReturnType<typeof producer.beginTransaction>> | null = null
    return {
      async send(partition, ...values) {
        open ??= await producer.beginTransaction()
        if (values.length > 0)
          await open.send({ messages: values.map(value => ({ topic, partition, key: 'k', value })) })
        else {
          const metadata = await producer.metadata({ topics: [topic] })
          await open.addPartitions(metadata, [{ topic, partition, value: Buffer.alloc(0) }])
        }
      },
      async commit() {
        await open?.commit()
        open = null
      },
      async abort() {
        await open?.abort()
        open = null
      },
      close: () => producer.close(),
    }
  }

  const numbered = (stem: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${stem}${i}`)

  test('what a process has committed is in the ends that it asks for, however long another one keeps readers from it', async () => {
    const topic = freshName('own')
    await streams.createTopics([{ name: topic, partitions: 1 }])
    const other = await raw(topic)
    await other.send(0, 'first')
    const writer = await streams.writer(freshName('writer'))
    const [{ offset }] = await writer.commit({ records: [{ topic, key: 'k', value: 'second' }] })
    const asked = streams.ends(topic)
    // Longer than what is not known to be committed is waited for.
    await delay(2500)
    await other.commit()
    expect((await asked)[0].offset).toBeGreaterThanOrEqual(offset)
    await writer.close()
    await other.close()
  })

  test('a successor finds its own newest record behind a transaction that somebody else left open', async () => {
    const topic = freshName('state')
    const id = freshName('job')
    await streams.createTopics([{ name: topic, partitions: 1 }])
    const writer = await streams.writer(id)
    await writer.commit({ records: [{ topic, key: 'job', value: 'old' }] })
    const dead = await raw(topic)
    await dead.send(0, 'left open')
    await writer.commit({ records: [{ topic, key: 'job', value: 'new' }] })
    const successor = await streams.writer(id)
    const found = await streams.newest(topic, ['job', 'k', 'never'])
    expect(Object.fromEntries([...found].map(([key, value]) => [key, value.toString()]))).toEqual({ job: 'new' })
    await dead.abort()
    expect([...(await streams.newest(topic, ['job', 'k'])).keys()]).toEqual(['job'])
    for (const each of [writer, successor, dead]) await each.close()
  })

  test('aborts of every kind, a partition each', async () => {
    const topic = freshName('aborts')
    await streams.createTopics([{ name: topic, partitions: 6 }])
    const [a, b] = [await raw(topic), await raw(topic)]
    // 0: one abort
    await a.send(0, ...numbered('good', 3))
    await a.commit()
    await a.send(0, ...numbered('BAD', 3))
    await a.abort()
    await a.send(0, ...numbered('fine', 3))
    await a.commit()
    // 1: several aborts by one producer
    for (const [i, end] of (['abort', 'commit', 'abort', 'abort', 'commit', 'abort'] as const).entries()) {
      await a.send(1, ...numbered(end === 'abort' ? `BAD${i}-` : `good${i}-`, 3))
      await a[end]()
    }
    // 2: an aborted transaction larger than one fetch
    await a.send(2, 'before')
    await a.commit()
    for (let i = 0; i < 14; i++) await a.send(2, ...numbered(`BAD${'x'.repeat(4000)}`, 200))
    await a.abort()
    await a.send(2, 'after')
    await a.commit()
    // 3: transactions of two producers interleaved, some aborted
    for (const [i, [endA, endB]] of (
      [
        ['commit', 'abort'],
        ['abort', 'commit'],
        ['abort', 'abort'],
        ['commit', 'commit'],
      ] as const
    ).entries()) {
      await a.send(3, `${endA === 'abort' ? 'BAD' : 'good'} a${i}`)
      await b.send(3, `${endB === 'abort' ? 'BAD' : 'good'} b${i}`)
      await a.send(3, `${endA === 'abort' ? 'BAD' : 'good'} a${i} again`)
      await b[endB]()
      await a.send(3, `${endA === 'abort' ? 'BAD' : 'good'} a${i} at last`)
      await a[endA]()
    }
    // 4: abort, commit, then an abort without records
    await a.send(4, ...numbered('BAD', 3))
    await a.abort()
    await a.send(4, ...numbered('good', 3))
    await a.commit()
    await a.send(4)
    await a.abort()
    await a.send(4, ...numbered('fine', 3))
    await a.commit()
    // 5: one that is still open
    await a.send(5, 'good')
    await a.commit()
    await b.send(5, 'BAD, open')

    const reader = await streams.reader(topic)
    const ours = await readUntil(reader, await streams.ends(topic))
    await reader.close()
    const judged = await readByJava(broker.address, topic, ours.length)
    expect(ours.some(({ value }) => value.includes('BAD'))).toBe(false)
    expect(plain(ours)).toEqual(plain(judged))
    expect([0, 1, 2, 3, 4, 5].map(p => ours.filter(({ partition }) => partition === p).length)).toEqual([
      6, 6, 2, 8, 6, 1,
    ])
    await b.abort()
    await a.close()
    await b.close()
  })

  test('Kafka’s own producer puts every key where we would', async () => {
    const topic = freshName('keys')
    await streams.createTopics([{ name: topic, partitions: 7 }])
    const keys = ['BTC-USD', 'ETH-USD', 'ключ', '鍵🔑', ...numbered('a product with a name of some length ', 40)]
    await produceByJava(broker.address, topic, keys)
    const reader = await streams.reader(topic)
    const found = await readUntil(reader, await streams.ends(topic))
    await reader.close()
    expect(found.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
    for (const { key, partition } of found) expect(partition).toBe(partitionOf(key, 7))
  })
})

function plain(records: (Incoming | { partition: number; offset: number; key: string; value: string })[]): string[] {
  return records
    .toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
    .map(({ partition, offset, key, value }) => `${partition} ${offset} ${key} ${value}`)
}

async function produceByJava(address: string, topic: string, keys: string[]): Promise<void> {
  const jars = await installJars('kafka-tools')
  const encoding = ['-Dfile.encoding=UTF-8', '-Dsun.stdout.encoding=UTF-8']
  const options = ['--bootstrap-server', address, '--topic', topic, '--reader-property', 'parse.key=true']
  await new Promise<void>((resolve, reject) => {
    const java = execFile(
      'java',
      [...encoding, '-Xmx256m', '-cp', `${jars}/*`, 'org.apache.kafka.tools.ConsoleProducer', ...options],
      error => (error ? reject(error) : resolve()),
    )
    java.stdin!.end(keys.map(key => `${key}\tvalue\n`).join(''))
  })
}
