import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { rowsAreSimulated, runFeaturizer } from '../../../src/jobs/featurize/run.ts'
import { quote } from '../../fixtures/events.ts'
import { createMemoryStreams, type MemoryStreams } from '../../harness/memory_streams.ts'

const config = readConfig()
// topics in memory have one partition
for (const topic of Object.values(config.topics)) topic.partitions = 1
const { raw, features } = config.topics
const settings = { config, topicIn: raw.name, topicOut: features.name }

async function put(streams: MemoryStreams, feed: string, seconds: number[]): Promise<void> {
  const records = seconds.map(second => ({
    topic: raw.name,
    key: 'BTC-USD',
    value: encodeEvent({ ...quote(second, 100, 101), feed, product: 'BTC-USD' }),
  }))
  await (await streams.writer(`feed ${seconds[0]}`)).commit({ records })
}

const featurize = (streams: MemoryStreams) => runFeaturizer({ ...settings, streams, finish: AbortSignal.abort() })

test('rows of the simulated exchange stay marked as such, also by a later life that has not seen an event of it', async () => {
  const streams = createMemoryStreams()
  await streams.createTopics([raw])
  await put(streams, 'simulated', [1, 2, 3, 4, 5, 6])
  await featurize(streams)
  expect(await rowsAreSimulated(streams, settings)).toBe(true)
  await put(streams, 'coinbase', [7, 8, 9, 10, 11, 12])
  await featurize(streams)
  expect(await rowsAreSimulated(streams, settings)).toBe(true)
})

test('rows of an exchange are not marked as simulated', async () => {
  const streams = createMemoryStreams()
  await streams.createTopics([raw])
  await put(streams, 'coinbase', [1, 2, 3, 4, 5, 6])
  await featurize(streams)
  expect(await rowsAreSimulated(streams, settings)).toBe(false)
})
