import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SpikeError } from '../../src/errors.ts'
import { followTopics } from '../../src/serve/follow_topics.ts'
import type { Streams } from '../../src/streams/port.ts'
import { createMemoryStreams } from '../harness/memory_streams.ts'

test('a broker that goes away is told as the fault of its topic for as long as it is away; each record is taken once', async () => {
  const memory = createMemoryStreams()
  await memory.createTopics([{ name: 'ticks.raw', partitions: 1 }])
  const writer = await memory.writer('test')
  let written = 0
  const write = async (count: number): Promise<void> => {
    const records = Array.from({ length: count }, () => ({ topic: 'ticks.raw', key: 'A', value: `${written++}` }))
    await writer.commit({ records })
  }
  let away = false
  let refused = 0
  const streams: Streams = {
    ...memory,
    async reader(...given) {
      const reader = await memory.reader(...given)
      return {
        ...reader,
        async poll(most, waitMs) {
          await delay(5)
          if (!away) return await reader.poll(most, waitMs)
          refused++
          throw new SpikeError('BROKER_UNAVAILABLE', 'kafka: no answer that helps')
        },
      }
    },
  }
  const stop = new AbortController()
  const taken: string[] = []
  const { followed, done } = followTopics({
    ...{ streams, topics: [{ kind: 'raw', name: 'ticks.raw', tail: 100 }], stop: stop.signal, onBegin() {} },
    onRecord: (_, { value }) => taken.push(value.toString()),
  })
  await write(3)
  await expect.poll(() => taken.length).toBe(3)
  expect(followed[0].fault).toBeNull()
  away = true
  await write(4)
  const faults = new Set<string | null>()
  await expect.poll(() => followed[0].fault).toBe('kafka: no answer that helps')
  await expect.poll(() => faults.add(followed[0].fault) && refused, { interval: 1, timeout: 10_000 }).toBeGreaterThan(2)
  expect([...faults]).toEqual(['kafka: no answer that helps'])
  expect(followed[0].there).toBe(true)
  away = false
  await expect.poll(() => taken.length, { timeout: 5000 }).toBe(7)
  expect(followed[0].fault).toBeNull()
  expect(taken).toEqual(['0', '1', '2', '3', '4', '5', '6'])
  stop.abort()
  await done
})
