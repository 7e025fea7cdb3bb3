import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SpikeError } from '../../../src/errors.ts'
import type { Incoming, Position, Streams, Transaction, Writer } from '../../../src/streams/port.ts'
import { type CuttingProxy, endTransaction } from '../../harness/cutting_proxy.ts'
import { textsOf } from '../../harness/job_outputs.ts'
import type { TestBroker } from '../../harness/kafka/broker.ts'
import { readByJava } from '../../harness/kafka/console_consumer.ts'
import { type CutBroker, startCutBroker } from '../../harness/kafka/cut_broker.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { needs } from '../../harness/needs.ts'
import { freshName } from '../../harness/stream_engines.ts'

describe('a writer and a broker that fails it', needs(lacksKafka()), () => {
  let cut: CutBroker
  let broker: TestBroker
  let proxy: CuttingProxy
  let streams: Streams
  let topic: string

  beforeAll(async () => {
    cut = await startCutBroker()
    ;({ broker, proxy, streams } = cut)
  })
  afterAll(() => cut?.close())

  async function freshTopic(): Promise<void> {
    topic = freshName('crash')
    await streams.createTopics([{ name: topic, partitions: 2 }])
  }

  const numbered = (number: number): Transaction => ({
    records: Array.from({ length: 20 }, (_, i) => ({ topic, key: `${i}`, value: `${number} ${i}` })),
  })
  const expected = (count: number): string[] =>
    Array.from({ length: count }, (_, number) => numbered(number).records.map(({ value }) => `${value}`))
      .flat()
      .toSorted()

  const found = async (): Promise<string[]> => (await textsOf(streams, topic)).toSorted()

  /** Commits again while it can help. */
  async function insist(writer: Writer, transaction: Transaction): Promise<Position[]> {
    for (;;) {
      try {
        return await writer.commit(transaction)
      } catch (error) {
        if (!(error instanceof SpikeError && error.retriable)) throw error
        await delay(100)
      }
    }
  }

  test.each(['before', 'after'] as const)('a commit whose request was cut %s it arrived is there once', async when => {
    await freshTopic()
    const writer = await streams.writer(freshName('writer'))
    for (let number = 0; number < 4; number++) {
      const cuts = proxy.cuts
      if (number % 2 === 1) proxy.cutNext(endTransaction, when)
      const ends = await insist(writer, numbered(number))
      expect(ends.map(({ partition }) => partition).toSorted()).toEqual([0, 1])
      expect(proxy.cuts - cuts).toBe(number % 2)
    }
    expect(await found()).toEqual(expected(4))
    await writer.close()
  })

  test('a writer that was cut off does not fence the one that took over', async () => {
    await freshTopic()
    const id = freshName('writer')
    const older = await streams.writer(id)
    await older.commit(numbered(0))
    const newer = await streams.writer(id)
    proxy.cutNext(endTransaction, 'before')
    await expect(insist(older, numbered(7))).rejects.toMatchObject({ code: 'WRITER_FENCED' })
    await insist(newer, numbered(1))
    await expect(insist(older, numbered(7))).rejects.toMatchObject({ code: 'WRITER_FENCED' })
    await insist(newer, numbered(2))
    expect(await found()).toEqual(expected(3))
    await older.close()
    await newer.close()
  })

  test('a broker killed and started again loses nothing and doubles nothing', async () => {
    await freshTopic()
    const writer = await streams.writer(freshName('writer'))
    const reader = await streams.reader(topic)
    const seen: Incoming[] = []
    let number = 0
    let done = false
    const reading = (async () => {
      while (!done || seen.length < 20 * number) {
        try {
          seen.push(...(await reader.poll(1000, 200)))
        } catch (error) {
          if (!(error instanceof SpikeError && error.retriable)) throw error
          await delay(100)
        }
      }
    })()
    const writing = (async () => {
      while (!done) await insist(writer, numbered(number++))
    })()
    for (const reached of [5, 40]) {
      const from = number
      while (number < from + reached) await delay(5)
      await broker.kill9()
      await broker.restart()
    }
    const from = number
    while (number < from + 5) await delay(5)
    done = true
    await writing
    await reading
    await reader.close()
    await writer.close()
    expect(seen.map(({ value }) => value.toString()).toSorted()).toEqual(expected(number))
    const judged = await readByJava(broker.address, topic, 20 * number)
    expect(judged.map(({ value }) => value).toSorted()).toEqual(expected(number))
  })
})
