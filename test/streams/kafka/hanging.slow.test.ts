import { Admin, Producer, produceV11, txnOffsetCommitV4 } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionOptions } from '../../../src/streams/kafka/connection.ts'
import { groupIn } from '../../../src/streams/kafka/hanging.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { textsOf } from '../../harness/job_outputs.ts'
import { startTestBroker, type TestBroker } from '../../harness/kafka/broker.ts'
import { readByJava } from '../../harness/kafka/console_consumer.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { needs } from '../../harness/needs.ts'
import { freshName } from '../../harness/stream_engines.ts'

test('a group of our own making lives in the partition asked for, by Java’s hash of its name', () => {
  const hash = 147_514_323 // of "hanging-0"
  expect(groupIn(hash % 50, 50)).toBe('hanging-0')
  for (const partition of [0, 1, 2, 3]) expect(groupIn(partition, 4)).toMatch(/^hanging-\d+$/)
})

describe('a transaction whose markers the broker forgot', needs(lacksKafka()), () => {
  let broker: TestBroker
  let streams: Streams
  let admin: Admin
  const group = 'hanging'

  beforeAll(async () => {
    // A broker that verifies takes no record of a transaction that has ended; the one that forgot markers had taken it before.
    const properties = { 'transaction.partition.verification.enable': 'false' }
    broker = await startTestBroker(undefined, { listeners: {}, properties, format: [], jvm: [] })
    streams = await openStreams(broker.spec)
    admin = new Admin(connectionOptions([broker.address]))
    // The first position of all brings up the broker's keeper of positions.
    const { id, topic } = await fresh()
    const writer = await streams.writer(id)
    await writer.commit({ records: [], group, positions: [{ topic, partition: 0, offset: 1 }] })
    await writer.close()
  })
  afterAll(async () => {
    await admin?.close()
    await streams?.close()
    await broker?.remove()
  })

  /** A transaction that its coordinator takes for ended, with a record in partition 1 and a position that have no marker. */
  async function leaveHanging(id: string, topic: string, end: 'commit' | 'abort', begunAnew = false): Promise<void> {
    const producer = new Producer({
      ...connectionOptions([broker.address]),
      idempotent: true,
      transactionalId: id,
      autocreateTopics: false,
    })
    const transaction = await producer.beginTransaction()
    await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from('marked') }] })
    await transaction[end]()
    const { producerId, producerEpoch } = { producerId: producer.producerId!, producerEpoch: producer.producerEpoch! }
    const connection = await admin.connections.get([...(await admin.metadata({})).brokers.values()][0])
    const messages = [{ topic, partition: 1, key: Buffer.from('state'), value: Buffer.from('unmarked') }]
    const options = { transactionalId: id, producerId, producerEpoch, compression: 'none' as const }
    await produceV11.api.async(connection, -1, 5000, messages, options)
    const [coordinator] = await admin.findCoordinator({ keyType: 0, keys: [group] })
    const partitions = [{ partitionIndex: 0, committedOffset: 7n, committedLeaderEpoch: 0 }]
    const place = [{ name: topic, partitions }]
    const keeper = await admin.connections.get(coordinator)
    await txnOffsetCommitV4.api.async(keeper, id, group, producerId, producerEpoch, -1, '', null, place)
    await producer.close()
    if (begunAnew) {
      const next = new Producer({ ...connectionOptions([broker.address]), idempotent: true, transactionalId: id })
      await (await next.beginTransaction({ producerId: -1n, producerEpoch: -1 })).cancel()
      await next.close()
    }
  }

  async function fresh(): Promise<{ id: string; topic: string }> {
    const topic = freshName('hanging')
    await streams.createTopics([{ name: topic, partitions: 2 }])
    return { id: `writer-${topic}`, topic }
  }

  test.each([
    { end: 'commit' as const, values: ['marked', 'next', 'unmarked'], positions: [7], state: 'unmarked' },
    { end: 'abort' as const, values: ['next'], positions: [], state: undefined },
  ])('is ended by the next writer of the id as it was: $end', async ({ end, values, positions, state }) => {
    const { id, topic } = await fresh()
    await leaveHanging(id, topic, end)
    const writer = await streams.writer(id)
    expect((await streams.newest(topic, ['state'])).get('state')?.toString()).toBe(state)
    expect((await streams.committed(group, topic)).map(({ offset }) => offset)).toEqual(positions)
    await writer.commit({ records: [{ topic, key: 'k', value: 'next' }] })
    await writer.close()
    expect((await textsOf(streams, topic)).toSorted()).toEqual(values)
    const judged = await readByJava(broker.address, topic, values.length, 2000)
    expect(judged.map(({ value }) => value).toSorted()).toEqual(values)
  })

  test('is not guessed at once nobody knows how it ended', async () => {
    const { id, topic } = await fresh()
    await leaveHanging(id, topic, 'commit', true)
    await expect(streams.writer(id)).rejects.toMatchObject({
      code: 'LOG_CORRUPT',
      message: expect.stringMatching(new RegExp(`a transaction hangs in .*${topic}-1`)),
    })
  })
})
