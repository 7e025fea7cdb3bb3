import { setTimeout as delay } from 'node:timers/promises'
import { Admin, describeTransactionsV0 } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionOptions } from '../../../src/streams/kafka/connection.ts'
import { brokerFaults } from '../../../src/streams/kafka/error_tree.ts'
import { openWriter } from '../../../src/streams/kafka/writer.ts'
import type { Streams, Transaction, Writer } from '../../../src/streams/port.ts'
import { type CuttingProxy, endTransaction } from '../../harness/cutting_proxy.ts'
import { textsOf } from '../../harness/job_outputs.ts'
import type { TestBroker } from '../../harness/kafka/broker.ts'
import { type CutBroker, startCutBroker } from '../../harness/kafka/cut_broker.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { needs } from '../../harness/needs.ts'
import { freshName } from '../../harness/stream_engines.ts'

describe('who may say that a newer writer took the id', needs(lacksKafka()), () => {
  let cut: CutBroker
  let broker: TestBroker
  let proxy: CuttingProxy
  let streams: Streams
  let admin: Admin
  let topic: string

  beforeAll(async () => {
    cut = await startCutBroker({
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': '300',
      'transactional.id.expiration.ms': '4000',
      'transaction.remove.expired.transaction.cleanup.interval.ms': '500',
    })
    ;({ broker, proxy, streams } = cut)
    admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
  })
  afterAll(async () => {
    await admin?.close()
    await cut?.close()
  })

  async function freshTopic(): Promise<void> {
    topic = freshName('fencing')
    await streams.createTopics([{ name: topic, partitions: 1 }])
  }
  const addPartitions = 24
  const one = (value: string): Transaction => ({ records: [{ topic, key: 'a', value }] })
  const found = (): Promise<string[]> => textsOf(streams, topic)

  /** What the broker says of an id: its state, or its error. */
  async function stateOf(id: string): Promise<string> {
    const { brokers } = await admin.metadata({})
    const connection = await admin.connections.get([...brokers.values()][0])
    const answer = describeTransactionsV0.api.async(connection, [id])
    return answer.then(
      ({ transactionStates }) => transactionStates[0].transactionState,
      error => [...brokerFaults(error)].join(),
    )
  }
  async function until(id: string, state: string): Promise<void> {
    while ((await stateOf(id)) !== state) await delay(50)
  }

  /** A writer whose transactions the broker ends after a second. */
  async function hastyWriter(id: string): Promise<{ writer: Writer; close(): Promise<void> }> {
    const options = { ...connectionOptions([broker.address]), timeout: 1000 }
    const admin = new Admin(options)
    const writer = await openWriter(options, admin, broker.address, id)
    return {
      writer,
      async close() {
        await writer.close()
        await admin.close()
      },
    }
  }

  test('an older writer that asks in the middle of a newer one’s commit is told so; the newer one commits once', async () => {
    await freshTopic()
    const id = freshName('writer')
    const older = await streams.writer(id)
    await older.commit(one('older'))
    const newer = await streams.writer(id)
    const held = proxy.holdNext(endTransaction)
    const committed = newer.commit(one('newer'))
    await held.reached
    await expect(streams.writer(id, older.claim())).rejects.toMatchObject({ code: 'WRITER_FENCED' })
    held.release()
    await committed
    await newer.commit(one('newer still'))
    expect(await found()).toEqual(['older', 'newer', 'newer still'])
    await older.close()
    await newer.close()
  })

  test('a transaction that the broker ended because it took too long is written again, by the same writer', async () => {
    await freshTopic()
    const id = freshName('writer')
    const { writer, close } = await hastyWriter(id)
    await writer.commit(one('first'))
    const held = proxy.holdNext(endTransaction)
    const committed = writer.commit(one('slow'))
    await held.reached
    await until(id, 'CompleteAbort')
    held.release()
    await committed
    expect(await found()).toEqual(['first', 'slow'])
    await close()
  })

  test('a transaction begun early that the broker ended before its commit is begun again', async () => {
    await freshTopic()
    const id = freshName('writer')
    const { writer, close } = await hastyWriter(id)
    writer.prepare(one('early'))
    await until(id, 'Ongoing')
    await until(id, 'CompleteAbort')
    await expect(writer.commit(one('early'))).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE', retriable: true })
    await writer.commit(one('early'))
    expect(await found()).toEqual(['early'])
    await close()
  })

  test('a connection lost between the beginning and the commit costs nothing: the next transaction is another', async () => {
    await freshTopic()
    const writer = await streams.writer(freshName('writer'))
    await writer.commit(one('first'))
    proxy.cutNext(addPartitions, 'after')
    writer.prepare(one('second'))
    const second = one('second')
    await writer.commit(second).catch(error => {
      expect(error).toMatchObject({ retriable: true })
      return writer.commit(second)
    })
    expect(await found()).toEqual(['first', 'second'])
    await writer.close()
  })

  test('an id that the broker forgot, unused for long, is begun anew by the writer that had it', async () => {
    await freshTopic()
    const id = freshName('writer')
    const writer = await streams.writer(id)
    await writer.commit(one('first'))
    await until(id, 'TRANSACTIONAL_ID_NOT_FOUND')
    await expect(writer.commit(one('after days'))).rejects.toMatchObject({ retriable: true })
    await writer.commit(one('after days'))
    expect(await found()).toEqual(['first', 'after days'])
    await writer.close()
  })
})
