import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SpikeError } from '../../../src/errors.ts'
import { refuseForeignInput } from '../../../src/jobs/partitions/foreign_input.ts'
import { runPartitions } from '../../../src/jobs/run_partitions.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const numbers = { name: 'numbers', is: ({ value }: { value: Buffer }) => /^\d+$/.test(value.toString()) }

async function refusal(values: string[] | null, finite: boolean): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-foreign-'))
  const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  try {
    if (values !== null) await streams.createTopics([{ name: 'in', partitions: 2 }])
    const records = (values ?? []).map((value, i) => ({ topic: 'in', key: `${i}`, value }))
    if (records.length > 0) await (await streams.writer('feed')).commit({ records })
    return await refuseForeignInput(streams, 'in', numbers, finite).catch(error => `${error.code} ${error.message}`)
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const words = (count: number): string[] => Array.from({ length: count }, () => 'word')

test('a job that ends with what is there needs one record of its kind, wherever it stands', async () => {
  expect(await refusal([...words(3), '7'], true)).toBe(undefined)
  expect(await refusal(words(3), true)).toBe(
    'TOPIC_MISMATCH topic in holds no numbers among 3 records; name the topic that does, or fill it first',
  )
  expect(await refusal([], true)).toBe(
    'TOPIC_MISMATCH topic in holds no numbers; name the topic that does, or fill it first',
  )
  expect(await refusal(null, true)).toMatch(/^TOPIC_UNKNOWN /)
})

test('a job that goes on waits for the first, for the topic too, but not on a topic full of something else', async () => {
  expect(await refusal(null, false)).toBe(undefined)
  expect(await refusal([], false)).toBe(undefined)
  expect(await refusal(words(999), false)).toBe(undefined)
  expect(await refusal([...words(999), '7'], false)).toBe(undefined)
  expect(await refusal(words(1000), false)).toMatch(/^TOPIC_MISMATCH topic in holds no numbers among 1000 records/)
})

const job = {
  ...{ name: 'counter', group: 'counter', reads: ['in'], writes: ['out'], partitions: 1 },
  ...{ state: { name: 'states', partitions: 1, compacted: true }, open: () => ({ due: [], take() {} }) },
}

test('a job that has a state goes on where nothing of its kind is left on its input', async () => {
  const streams = createMemoryStreams()
  const finish = AbortSignal.abort()
  const run = (input: typeof numbers) => runPartitions({ ...job, input, streams, finish, status: newJobStatus() })
  await streams.createTopics([{ name: 'in', partitions: 1 }])
  await (await streams.writer('feed')).commit({ records: [{ topic: 'in', key: 'k', value: '7' }] })
  const nothing = { name: 'letters', is: () => false }
  await expect(run(nothing)).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
  expect(() => streams.records('states')).toThrow('no topic')
  await run(numbers)
  expect(streams.records('states').length).toBe(1)
  await run(nothing)
})

test('a job that waited for its first record ends well when it is told to, after an error of the broker too', async () => {
  const memory = createMemoryStreams()
  await memory.createTopics([{ name: 'in', partitions: 1 }])
  const finish = new AbortController()
  const streams = {
    ...memory,
    async createTopics(...asked: Parameters<typeof memory.createTopics>) {
      if (finish.signal.aborted) return memory.createTopics(...asked)
      finish.abort()
      throw new SpikeError('BROKER_UNAVAILABLE', 'no answer')
    },
  }
  const status = newJobStatus()
  await runPartitions({ ...job, input: numbers, streams, finish: finish.signal, status })
  expect(status.begunAnew).toBe(1)
})
