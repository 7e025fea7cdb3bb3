import { describe, expect, test } from 'vitest'
import { openInStep } from '../../../src/jobs/partitions/in_step.ts'
import type { Incoming, Streams } from '../../../src/streams/port.ts'

/** Topics whose records are given out two at a time; each wait for one that has no more is noted. */
function topicsOf(contents: Record<string, string[]>): { streams: Streams; waits: string[] } {
  const waits: string[] = []
  const reader = async (topic: string) => {
    const left = contents[topic].map(
      (text, offset): Incoming => ({ topic, partition: 0, offset, key: '', value: Buffer.from(text) }),
    )
    return {
      async poll(_: number, waitMs: number) {
        if (left.length === 0 && waitMs > 0) waits.push(topic)
        return left.splice(0, 2)
      },
      positions: () => [],
      close: async () => {},
    }
  }
  return { streams: { reader } as unknown as Streams, waits }
}

describe('several topics read as one', () => {
  test('the one that is behind in event time comes first, windows by their end', async () => {
    const contents = {
      predictions: ['{"time":1000000}', '{"time":9000000}', '{"time":9000001}'],
      windows: ['{"start":0,"end":2}', '{"start":0,"end":8}', '{"start":0,"end":11}'],
    }
    const { streams } = topicsOf(contents)
    const reader = await openInStep({ streams, topics: ['predictions', 'windows'], start: [] })
    const order: string[] = []
    for (let records = await reader.poll(10, 200); records.length > 0; records = await reader.poll(10, 200))
      order.push(records[0].topic)
    expect(order).toEqual(['predictions', 'windows', 'windows', 'predictions'])
  })

  test('one without records is waited for once, and not again while the others have some', async () => {
    const { streams, waits } = topicsOf({ silent: [], busy: Array.from({ length: 10 }, (_, i) => `{"time":${i}}`) })
    const reader = await openInStep({ streams, topics: ['silent', 'busy'], start: [] })
    for (let i = 0; i < 5; i++) expect(await reader.poll(10, 200)).toHaveLength(2)
    expect(waits).toEqual(['silent'])
    expect(await reader.poll(10, 200)).toEqual([])
    expect(await reader.poll(10, 200)).toEqual([])
    expect(waits).toEqual(['silent', 'busy', 'silent'])
  })
})
