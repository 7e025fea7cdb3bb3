/** Topics that change under a job, or between two of its lives, are told: no hole that nobody sees. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Admin } from '@platformatic/kafka'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Config, readConfig } from '../../../src/config.ts'
import type { PartitionJob } from '../../../src/jobs/partitions/partition_job.ts'
import type { PartitionWork } from '../../../src/jobs/partitions/partition_work.ts'
import { watchTopology } from '../../../src/jobs/partitions/topology.ts'
import { runPartitions } from '../../../src/jobs/run_partitions.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { operators } from '../../fixtures/operators.ts'
import { contentsOf, feedJob } from '../../harness/job_outputs.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { sharedBroker } from '../../harness/kafka/shared.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'
import { needs } from '../../harness/needs.ts'
import { withOwnTopics } from '../../harness/stream_engines.ts'

type Job = PartitionJob<PartitionWork>
const [featurizer] = operators

const runAll = (streams: Streams, job: Job): Promise<void> =>
  runPartitions({ ...job, streams, finish: AbortSignal.abort(), status: newJobStatus() })

/** A job that goes on until it ends by itself. */
async function untilItEnds(streams: Streams, job: Job, onReady: () => Promise<void> | void): Promise<unknown> {
  const status = newJobStatus()
  const stop = new AbortController()
  const ended = runPartitions({ ...job, streams, stop: stop.signal, status }).catch(error => error)
  await expect.poll(() => status.ready, { timeout: 20_000 }).toBe(true)
  await onReady()
  return ended
}

describe('a watch', () => {
  const facts = [{ name: 'raw', partitions: 2, id: 'a' }]
  let answer: () => Promise<typeof facts>
  let now = 0
  const streams = { ...createMemoryStreams(), topics: () => answer() }
  beforeEach(() => {
    now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    answer = async () => facts
    return () => vi.restoreAllMocks()
  })

  async function lookAfter(milliseconds: number, later: () => Promise<typeof facts>): Promise<() => void> {
    const look = await watchTopology(streams, ['raw'])
    answer = later
    now += milliseconds
    look()
    await new Promise(setImmediate)
    return look
  }

  test('tells of added partitions and of a topic made anew', async () => {
    const added = await lookAfter(2000, async () => [{ ...facts[0], partitions: 3 }])
    expect(added).toThrow(/^topic raw has 3 partitions now, 2 when this job began: .* feed them from bronze$/)
    const anew = await lookAfter(2000, async () => [{ ...facts[0], id: 'b' }])
    expect(anew).toThrow(/^topic raw was deleted and made anew under this job; .* feed them from bronze$/)
  })

  test('asks once in two seconds, and takes no answer for a finding', async () => {
    const early = await lookAfter(1999, async () => [{ ...facts[0], partitions: 3 }])
    expect(early).not.toThrow()
    const away = await lookAfter(2000, () => Promise.reject(new Error('no answer')))
    expect(away).not.toThrow()
  })

  test('does not ask again while an answer is awaited, and asks again after it', async () => {
    let asked = 0
    let reply = (_: typeof facts): void => {}
    const look = await lookAfter(2000, () => {
      asked++
      return new Promise(resolve => {
        reply = resolve
      })
    })
    now += 2000
    look()
    expect(asked).toBe(1)
    reply(facts)
    await new Promise(setImmediate)
    look()
    expect(asked).toBe(2)
  })
})

describe('on embedded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-topology-'))
  const path = join(folder, 'log.db')
  let streams: Streams
  beforeAll(async () => {
    streams = await openStreams(`embedded://${path}`)
  })
  afterAll(async () => {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a featurizer that is told another topic of rows refuses: it would hold the later ones only', async () => {
    const config = readConfig()
    const job = featurizer.job(config)
    await feedJob(streams, job, featurizer.input(config, 21))
    await runAll(streams, job)
    const { features } = config.topics
    const other = featurizer.job({ ...config, topics: { ...config.topics, features: { ...features, name: 'mine' } } })
    await expect(runAll(streams, other)).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
      faults: [expect.stringContaining('topic mine would get later records only')],
    })
    expect((await contentsOf(streams, 'mine')).flat()).toEqual([])
    await runAll(streams, job)
  })

  test('a log that is taken away under a job ends it', async () => {
    const config = withOwnTopics(readConfig())
    const job = featurizer.job(config)
    await feedJob(streams, job, featurizer.input(config, 21))
    const ended = await untilItEnds(streams, job, () => renameSync(path, `${path}.away`))
    expect(ended).toMatchObject({
      code: 'LOG_CORRUPT',
      message: expect.stringMatching(/log\.db: was taken away or replaced while it was in use/),
    })
  })
})

describe('on kafka', needs(lacksKafka()), () => {
  let streams: Streams
  let admin: Admin
  let config: Config
  let release = async (): Promise<void> => {}
  beforeAll(async () => {
    const broker = await sharedBroker()
    release = broker.release
    streams = await openStreams(`kafka://${broker.address}`)
    admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
  })
  afterAll(async () => {
    await admin?.close()
    await streams?.close()
    await release()
  })
  beforeEach(() => {
    config = withOwnTopics(readConfig())
  })
  afterEach(() => admin.clearMetadata())

  test('partitions added under a running job end it, and it does not start again', async () => {
    const job = featurizer.job(config)
    await feedJob(streams, job, featurizer.input(config, 21))
    const { name } = config.topics.raw
    const ended = await untilItEnds(streams, job, () =>
      admin.createPartitions({ topics: [{ name, count: 3, assignments: [{ brokerIds: [1] }] }] }),
    )
    expect(ended).toMatchObject({
      code: 'TOPIC_MISMATCH',
      exit: 2,
      faults: [expect.stringMatching(`^topic ${name} has 3 partitions now, 2 when this job began: `)],
    })
    await expect(runAll(streams, job)).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
  })

  test('an output topic that was deleted between two lives is refused, not filled with later rows only', async () => {
    const job = featurizer.job(config)
    const input = featurizer.input(config, 21)
    await feedJob(streams, job, input.slice(0, input.length / 2))
    await runAll(streams, job)
    const { name } = config.topics.features
    await admin.deleteTopics({ topics: [name] })
    await feedJob(streams, job, input.slice(input.length / 2))
    const refused = await runAll(streams, job).catch(error => error)
    expect(refused).toMatchObject({ code: 'TOPIC_MISMATCH', exit: 2 })
    expect(refused.message).toContain(`topic ${name} was deleted and made anew since '${job.name} `)
    expect((await contentsOf(streams, name)).flat()).toEqual([])
  })
})
