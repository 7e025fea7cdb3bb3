import { setTimeout as delay } from 'node:timers/promises'
import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { readAll } from '../../../src/streams/read_all.ts'
import { startTestBroker, type TestBroker } from '../../harness/kafka/broker.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { needs } from '../../harness/needs.ts'

const topic = 'states'
const { TOPIC } = ConfigResourceTypes
const { SET } = IncrementalAlterConfigOperationTypes

describe('a topic of states on a broker that cleans it', needs(lacksKafka()), () => {
  let broker: TestBroker
  let streams: Streams
  let admin: Admin
  beforeAll(async () => {
    const properties = { 'log.cleaner.backoff.ms': '100', 'log.initial.task.delay.ms': '0' }
    broker = await startTestBroker(undefined, { listeners: {}, properties, format: [], jvm: [] })
    streams = await openStreams(broker.spec)
    admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
  })
  afterAll(async () => {
    await admin?.close()
    await streams?.close()
    await broker?.remove()
  })

  async function settingOf(name: string): Promise<string | null | undefined> {
    const resource = { resourceType: TOPIC, resourceName: topic, configurationKeys: [name] }
    return (await admin.describeConfigs({ resources: [resource] }))[0].configs[0]?.value
  }

  async function write(rounds: number, keys: string[]): Promise<void> {
    const writer = await streams.writer('states')
    for (let round = 0; round < rounds; round++)
      await writer.commit({ records: keys.map(key => ({ topic, key, value: `${key} ${round}` })) })
    await writer.close()
  }

  test('one that was made without it is set to be compacted', async () => {
    await streams.createTopics([{ name: topic, partitions: 1 }])
    expect(await settingOf('cleanup.policy')).toBe('delete')
    await streams.createTopics([{ name: topic, partitions: 1, compacted: true }])
    // The controller has acknowledged the change; this broker learns of it a little later.
    await expect.poll(() => settingOf('cleanup.policy'), { timeout: 30_000 }).toBe('compact')
  })

  test('the newest states are found where older ones were taken away, and read on past the holes', async () => {
    const often = [
      { name: 'segment.ms', value: '200', configOperation: SET },
      { name: 'min.cleanable.dirty.ratio', value: '0.0001', configOperation: SET },
    ]
    await admin.incrementalAlterConfigs({ resources: [{ resourceType: TOPIC, resourceName: topic, configs: often }] })
    await write(1, ['rests'])
    await write(150, ['works', 'also'])
    let offsets: number[] = []
    for (const until = Date.now() + 60_000; Date.now() < until; await delay(500)) {
      // A record now and then closes the segment before it, which can then be cleaned.
      await write(1, ['ticks'])
      offsets = []
      for await (const records of readAll(streams, topic)) offsets.push(...records.map(({ offset }) => offset))
      if (offsets.length < 100) break
    }
    expect(offsets.length).toBeLessThan(100)
    expect(offsets.at(-1)!).toBeGreaterThan(450)
    const newest = await streams.newest(topic, ['rests', 'works', 'also', 'never'])
    const texts = Object.fromEntries([...newest].map(([key, value]) => [key, value.toString()]))
    expect(texts).toEqual({ rests: 'rests 0', works: 'works 149', also: 'also 149' })
  })
})
