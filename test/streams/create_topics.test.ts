import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTopics } from '../../src/streams/create_topics.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Streams } from '../../src/streams/port.ts'
import { textsOf } from '../harness/job_outputs.ts'
import { needs } from '../harness/needs.ts'
import { type Engine, engines, freshName } from '../harness/stream_engines.ts'

const suite = (engine: Engine) => () => {
  let streams: Streams
  beforeAll(async () => {
    streams = await openStreams(await engine.prepare())
  })
  afterAll(async () => {
    await streams?.close()
    await engine.cleanUp()
  })

  async function topicOf(values: string[]): Promise<string> {
    const name = freshName('states')
    await streams.createTopics([{ name, partitions: 1 }])
    const writer = await streams.writer(freshName('writer'))
    if (values.length > 0) await writer.commit({ records: values.map(value => ({ topic: name, key: 'k', value })) })
    await writer.close()
    return name
  }

  const create = (name: string) => createTopics(streams, [{ name, partitions: 1, compacted: true }])

  test("somebody else's topic under the name of that of states is refused and keeps its records", async () => {
    const values = ['an order', '{"format":"theirs"}', '']
    const name = await topicOf(values)
    await expect(create(name)).rejects.toMatchObject({
      ...{ code: 'TOPIC_MISMATCH', exit: 2 },
      faults: [
        expect.stringMatching(new RegExp(`^topic ${name} holds records of somebody else, .* \\(topics\\.state\\)$`)),
      ],
    })
    expect(await textsOf(streams, name)).toEqual(values)
  })

  test('one that is empty, not there, or holds states among other things becomes that of states', async () => {
    const states = ['garbage', '{"format":"spike60-job","version":1}', '{"format":"spike60-publisher"}']
    for (const name of [await topicOf([]), freshName('none'), await topicOf(states)]) await create(name)
  })
}

for (const engine of engines()) describe(`on ${engine.name}`, needs(engine.lacks), suite(engine))
