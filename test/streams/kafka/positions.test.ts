import { Producer, stringSerializers } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionOptions } from '../../../src/streams/kafka/connection.ts'
import { addPositions, announce, findCoordinator, type KafkaProducer } from '../../../src/streams/kafka/transaction.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { sharedBroker } from '../../harness/kafka/shared.ts'
import { needs } from '../../harness/needs.ts'
import { freshName } from '../../harness/stream_engines.ts'

describe('positions of a group whose partitions two jobs share', needs(lacksKafka()), () => {
  let streams: Streams
  let address: string
  let release = async (): Promise<void> => {}
  beforeAll(async () => {
    const broker = await sharedBroker()
    address = broker.address
    release = broker.release
    streams = await openStreams(`kafka://${address}`)
  })
  afterAll(async () => {
    await streams?.close()
    await release()
  })

  test('a job begins on its own partitions while the other is in the middle of a transaction', async () => {
    const [topic, group] = [freshName('input'), freshName('group')]
    await streams.createTopics([{ name: topic, partitions: 2 }])
    const writer = await streams.writer(freshName('first'))
    const positions = [0, 1].map(partition => ({ topic, partition, offset: 3 }))
    await writer.commit({ records: [], group, positions })
    const options = connectionOptions([address])
    const other: KafkaProducer = new Producer({
      ...options,
      idempotent: true,
      transactionalId: freshName('other'),
      serializers: { ...stringSerializers, value: (value?: Buffer) => value },
    })
    const open = await other.beginTransaction()
    await announce(other, open, { records: [], group })
    await addPositions(open, group, await findCoordinator(options, group), [{ topic, partition: 1, offset: 9 }])
    expect(await streams.committed(group, topic, [0])).toEqual([{ topic, partition: 0, offset: 3 }])
    const both = streams.committed(group, topic).catch(error => error)
    await open.commit()
    expect(await both).toSatisfy(told => told.retriable === true || told[1].offset === 9)
    expect(await streams.committed(group, topic, [1])).toEqual([{ topic, partition: 1, offset: 9 }])
    await other.close()
    await writer.close()
  })
})
