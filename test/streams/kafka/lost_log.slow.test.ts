import { Admin, deleteRecordsV2 } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { follow } from '../../../src/jobs/follow.ts'
import type { Streams } from '../../../src/streams/port.ts'
import type { CuttingProxy } from '../../harness/cutting_proxy.ts'
import { startTestBroker, type TestBroker } from '../../harness/kafka/broker.ts'
import { type CutBroker, startCutBroker } from '../../harness/kafka/cut_broker.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { needs } from '../../harness/needs.ts'
import { freshName } from '../../harness/stream_engines.ts'

describe('a job whose topic is not what it was', needs(lacksKafka()), () => {
  let cut: CutBroker
  let broker: TestBroker
  let proxy: CuttingProxy
  let streams: Streams
  let topic: string

  beforeAll(async () => {
    cut = await startCutBroker()
    ;({ broker, proxy, streams } = cut)
    topic = freshName('lost')
    await streams.createTopics([{ name: topic, partitions: 1 }])
    const writer = await streams.writer('feed')
    for (let i = 0; i < 5; i++) await writer.commit({ records: [{ topic, key: 'a', value: `${i}` }] })
    await writer.close()
  })
  afterAll(() => cut?.close())

  /** A job that is at the topic's end. @returns how it ended. */
  async function job(offset: number, atEnd: () => Promise<void>): Promise<unknown> {
    let begun = 0
    return follow({
      streams,
      topics: [topic],
      async begin(own, life) {
        const writer = await own.writer('job')
        life.defer(() => writer.close())
        return { start: [{ topic, partition: 0, offset }], take: async () => {} }
      },
      onBegun() {
        if (begun++ === 0) void atEnd()
      },
    }).catch(error => error)
  }

  test('records deleted before they were read: it says so and what to do', async () => {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
    const { brokers } = await admin.metadata({})
    const connection = await admin.connections.get([...brokers.values()][0])
    const partitions = [{ partitionIndex: 0, offset: 4n }]
    await deleteRecordsV2.api.async(connection, [{ name: topic, partitions }], 5000)
    await admin.close()
    const error = await job(1, async () => {})
    expect(error).toMatchObject({
      code: 'TOPIC_MISMATCH',
      exit: 2,
      message: expect.stringMatching(/feed them from bronze/),
    })
  })

  test('a broker that comes back without its log: it says so and ends', async () => {
    const end = (await streams.ends(topic))[0].offset
    const empty = await startTestBroker(proxy.port)
    try {
      const error = await job(end, async () => {
        await broker.kill9()
        proxy.target = empty.port
      })
      expect(error).toMatchObject({ code: 'TOPIC_UNKNOWN', exit: 2, message: expect.stringContaining(`'${topic}'`) })
    } finally {
      await empty.remove()
    }
  })
})
