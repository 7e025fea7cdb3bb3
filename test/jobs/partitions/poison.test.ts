/** A record that kills a job is passed over and kept; what others wrote among its records ends nothing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { PartitionJob } from '../../../src/jobs/partitions/partition_job.ts'
import { stateKey } from '../../../src/jobs/partitions/partition_state.ts'
import type { PartitionWork } from '../../../src/jobs/partitions/partition_work.ts'
import { Poison } from '../../../src/jobs/partitions/poison.ts'
import { runPartitions } from '../../../src/jobs/run_partitions.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Incoming, Outgoing, Streams } from '../../../src/streams/port.ts'
import { operators } from '../../fixtures/operators.ts'
import { contentsOf, feedJob, textsOf } from '../../harness/job_outputs.ts'
import { needs } from '../../harness/needs.ts'
import { engines, freshName, withOwnTopics } from '../../harness/stream_engines.ts'

type Job = PartitionJob<PartitionWork>
const [featurizer] = operators

let folder: string
let streams: Streams
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-poison-'))
  streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
})
afterEach(async () => {
  await streams.close()
  rmSync(folder, { recursive: true, force: true })
})

async function run(job: Job) {
  const status = newJobStatus()
  await runPartitions({ ...job, streams, finish: AbortSignal.abort(), status })
  return status
}

/** Copies what it reads, and cannot take what says `boom`, nor say where it stands after what says `bad state`. */
class Copier implements PartitionWork {
  readonly due: Outgoing[] = []
  private last = ''
  take({ key, value }: Incoming): void {
    this.last = String(value)
    if (this.last.startsWith('boom')) throw new RangeError(`cannot take\n${this.last}`)
    this.due.push({ topic: 'out', key, value })
  }
  state(): { memory: null } {
    if (this.last === 'bad state') throw new TypeError('no state')
    return { memory: null }
  }
}

const copier: Job = {
  ...{ name: 'copier in', group: 'copier', reads: ['in'], writes: ['out'], partitions: 1 },
  ...{ state: { name: 'states', partitions: 1, compacted: true }, open: () => new Copier() },
}

test('records at which a job fails three times become dead letters, and all others come out once', async () => {
  const values = ['1', 'boom a', '2', '3', 'boom b', '4', 'bad state']
  await feedJob(
    streams,
    copier,
    values.map(value => ({ topic: 'in', key: 'k', value })),
  )
  const status = await run(copier)
  expect(await textsOf(streams, 'out')).toEqual(['1', '2', '3', '4'])
  const letters = (await textsOf(streams, 'in.dlq')).map(text => decodeDeadLetter(text))
  expect(letters.map(({ reason, offset, detail, value }) => [reason, offset, detail, `${value}`])).toEqual([
    ['poison', 1, 'RangeError: cannot take', 'boom a'],
    ['poison', 4, 'RangeError: cannot take', 'boom b'],
    ['poison', 6, 'TypeError: no state', 'bad state'],
  ])
  expect(status.dead).toEqual({ poison: { count: 3, first: { topic: 'in', partition: 0, offset: 1 } } })
  expect(status.begunAnew).toBe(9)
  expect((await run(copier)).begunAnew).toBe(0)
})

/** Numbers what it reads; fails at `boom` when it has counted it, and so late that what came before is ready to be committed. */
class Numberer implements PartitionWork {
  readonly due: Outgoing[] = []
  private readonly topic: string
  private count = 0
  constructor(topic: string) {
    this.topic = topic
  }
  take({ key, value }: Incoming): void {
    this.count++
    if (String(value) === 'boom') {
      for (const until = performance.now() + 25; performance.now() < until; );
      throw new Error('half taken')
    }
    this.due.push({ topic: this.topic, key, value: `${this.count} ${value}` })
  }
  state(): { memory: object } {
    return { memory: { count: this.count } }
  }
  restore(memory: object | null): void {
    this.count = (memory as { count: number }).count
  }
}

/** Gives one record a batch. */
const oneByOne = (all: Streams): Streams => ({
  ...all,
  async reader(...asked) {
    const reader = await all.reader(...asked)
    return {
      poll: (_, waitMs) => reader.poll(1, waitMs),
      positions: () => reader.positions(),
      close: () => reader.close(),
    }
  },
})

for (const engine of engines())
  describe(`on ${engine.name}`, needs(engine.lacks), () => {
    test('nothing is committed of a life that failed at a record: that one is kept, and counted by nobody', async () => {
      const own = await openStreams(await engine.prepare())
      try {
        const [from, to, states] = ['in', 'out', 'states'].map(freshName)
        const job: Job = {
          ...{ name: `numberer ${from}`, group: from, reads: [from], writes: [to], partitions: 1 },
          ...{ state: { name: states, partitions: 1, compacted: true }, open: () => new Numberer(to) },
        }
        const records = ['a', 'boom', 'b'].map(value => ({ topic: from, key: 'k', value }))
        await feedJob(own, job, records)
        const status = newJobStatus()
        await runPartitions({ ...job, streams: oneByOne(own), finish: AbortSignal.abort(), status })
        expect(await textsOf(own, to)).toEqual(['1 a', '2 b'])
        const letters = (await textsOf(own, `${from}.dlq`)).map(text => decodeDeadLetter(text))
        expect(letters.map(({ reason, value }) => [reason, `${value}`])).toEqual([['poison', 'boom']])
      } finally {
        await own.close()
        await engine.cleanUp()
      }
    })
  })

test('a job that never can say where it stands ends, whatever record it is blamed on', async () => {
  const open = () => ({
    due: [],
    take() {},
    state() {
      throw new Error('never')
    },
  })
  await feedJob(streams, copier, [{ topic: 'in', key: 'k', value: '1' }])
  await expect(run({ ...copier, open })).rejects.toMatchObject({
    code: 'CHECK_FAILED',
    faults: [
      expect.stringMatching(/^topic in, partition 0, offset 0: .*, and again where it was passed over; .* report it$/),
    ],
  })
})

test('a job that fails at record after record ends, in one line', () => {
  const poison = new Poison()
  const record = (offset: number): Incoming => ({ topic: 'in', partition: 0, offset, key: '', value: Buffer.alloc(0) })
  for (let offset = 0; offset < 10; offset++) {
    for (let time = 0; time < 2; time++) {
      expect(poison.note(record(offset), new Error('x'))).toMatchObject({ code: 'RECORD_FAILED', retriable: true })
      expect(poison.reason(record(offset))).toBe(null)
    }
    expect(poison.note(record(offset), new Error('x'))).toMatchObject({
      faults: [
        `topic in, partition 0, offset ${offset}: the job failed at this record (Error: x); after the third time it becomes a dead letter`,
      ],
    })
    expect(poison.reason(record(offset))).toBe('Error: x')
  }
  expect(poison.note(record(10), new Error('x'))).toMatchObject({
    ...{ code: 'CHECK_FAILED', exit: 1, retriable: false },
    faults: [expect.stringMatching(/^topic in, partition 0, offset 10: .* at 10 others before; .* report it$/)],
  })
})

test('garbage among the bars of a featurizer is passed over at its next start, and its rows are the same', async () => {
  const input = (config: ReturnType<typeof readConfig>) => featurizer.input(config, 21)
  const rowsWith = async (garbage: string[]): Promise<string[][]> => {
    const config = withOwnTopics(readConfig())
    const job = featurizer.job(config)
    const all = input(config)
    await feedJob(streams, job, all.slice(0, 300))
    await run(job)
    const writer = await streams.writer('somebody')
    const records = ['BTC-USD', 'ETH-USD'].flatMap(key =>
      garbage.map(value => ({ topic: config.topics.bars.name, key, value })),
    )
    await writer.commit({ records })
    await feedJob(streams, job, all.slice(300))
    await run(job)
    return contentsOf(streams, config.topics.features.name)
  }
  const disturbed = await rowsWith(['garbage', 'null', '{}', '{"product":"BTC-USD","second":1}', '[]', ''])
  expect(disturbed.flat().length).toBeGreaterThan(10)
  expect(disturbed).toEqual(await rowsWith([]))
})

test('a state whose memory is none of the job is refused in one line', async () => {
  const config = withOwnTopics(readConfig())
  const job = featurizer.job(config)
  await feedJob(streams, job, featurizer.input(config, 21))
  await streams.createTopics([job.state])
  const state = { format: 'spike60-job', version: 1, settings: job.settings, inputs: {}, recall: {}, memory: null }
  const writer = await streams.writer('somebody')
  const value = JSON.stringify(state)
  await writer.commit({ records: [{ topic: job.state.name, key: stateKey(job.name, 0), value }] })
  await expect(run(job)).rejects.toMatchObject({
    code: 'LOG_CORRUPT',
    faults: [expect.stringMatching(/is no state that this version reads/)],
  })
})
