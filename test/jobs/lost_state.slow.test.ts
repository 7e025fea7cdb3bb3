/** What a broker forgets alone must not make a job write twice what it has written. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import type { PartitionJob } from '../../src/jobs/partitions/partition_job.ts'
import type { PartitionWork } from '../../src/jobs/partitions/partition_work.ts'
import { runPartitions } from '../../src/jobs/run_partitions.ts'
import { settleOnce } from '../../src/jobs/settle/run.ts'
import { newSettleStatus } from '../../src/jobs/settle/status.ts'
import { newJobStatus } from '../../src/jobs/status.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Streams } from '../../src/streams/port.ts'
import { operators } from '../fixtures/operators.ts'
import { type Contents, contentsOf, feedJob, outputsOf } from '../harness/job_outputs.ts'
import { type Losses, lossesOf } from '../harness/losses.ts'
import { needs } from '../harness/needs.ts'
import { type Engine, engines, freshName, withOwnTopics } from '../harness/stream_engines.ts'

type Job = PartitionJob<PartitionWork>

const [featurizer, scorer, settlement] = operators

const jobsOn = (engine: Engine) => () => {
  let spec: string
  let streams: Streams
  let config: Config
  let losses: Losses
  beforeAll(async () => {
    spec = await engine.prepare()
    losses = lossesOf(spec)
  })
  afterAll(() => engine.cleanUp())
  beforeEach(async () => {
    streams = await openStreams(spec)
    config = withOwnTopics(readConfig())
  })
  afterEach(() => streams.close())

  const run = (job: Job): Promise<void> =>
    runPartitions({ ...job, streams, finish: AbortSignal.abort(), status: newJobStatus() })

  const outputs = (job: Job): Promise<Contents[]> =>
    Promise.all(outputsOf(job).map(topic => contentsOf(streams, topic)))

  async function reopen(): Promise<void> {
    await streams.close()
    streams = await openStreams(spec)
  }

  test.each(operators)(
    '$name whose states are gone while its topics stand refuses, and says what to do',
    async ({ job: jobOf, input }) => {
      const job = jobOf(config)
      await feedJob(streams, job, input(config, 21))
      await run(job)
      const made = await outputs(job)
      await losses.records(job.state.name)
      await losses.positions(job.group)
      await reopen()
      const refused = await run(job).catch(error => error)
      expect(refused).toMatchObject({ code: 'STATE_LOST', exit: 2, retriable: false })
      expect(refused.faults).toHaveLength(1)
      for (const topic of job.writes) expect(refused.message).toContain(topic)
      expect(refused.message).toContain(`topic ${job.state.name} has no state of '${job.name}'`)
      expect(refused.message).toMatch(/name other topics and feed them from bronze/)
      expect(refused.message).not.toContain('.dlq')
      expect(await outputs(job)).toEqual(made)
    },
  )

  test('positions of consumer groups gone: predictions and settlement count each row once', async () => {
    const scoring = scorer.job(config)
    const settled = { streams, config, predictions: scoring.writes[0], settled: config.topics.settled.name }
    await feedJob(streams, scoring, scorer.input(config, 60))
    await feedJob(streams, settlement.job(config), settlement.input(config, 60))
    await run(scoring)
    const before = newSettleStatus()
    await settleOnce({ ...settled, status: before })
    const made = await outputs(scoring)
    for (const job of [scoring, settlement.job(config)]) await losses.positions(job.group)
    await reopen()
    await run(scoring)
    expect(await outputs(scoring)).toEqual(made)
    const after = newSettleStatus()
    await settleOnce({ ...settled, streams, status: after })
    expect({ scores: after.scores, skipped: after.skipped }).toEqual({ scores: before.scores, skipped: before.skipped })
    expect(before.scores[0].settled).toBeGreaterThan(100)
  })

  test('dead letters alone are no reason to refuse, nor predictions of another model, nor garbage among what is settled', async () => {
    const job = featurizer.job(config)
    const clock = {
      feed: 'coinbase',
      product: 'BTC-USD',
      time: 1e6,
      received_at: 2e6,
      connection: 'c',
      sequence: 1,
      index: 0,
      type: 'clock',
    }
    const values = [JSON.stringify(clock), '{broken']
    await feedJob(
      streams,
      job,
      values.map(value => ({ topic: job.reads[0], key: 'BTC-USD', value })),
    )
    await run(job)
    await losses.records(job.state.name)
    await reopen()
    await run(job)
    expect((await outputs(job)).flat(2)).toHaveLength(2)

    const scoring = scorer.job(config)
    await feedJob(streams, scoring, scorer.input(config, 60))
    await feedJob(streams, settlement.job(config), settlement.input(config, 60))
    await run(scoring)
    expect((await outputs(scoring))[0].flat().length).toBeGreaterThan(1000)

    const settling = settlement.job(config)
    const [settled] = settling.writes
    await streams.createTopics([{ name: settled, partitions: settling.partitions }])
    const somebody = await streams.writer(freshName('somebody'))
    await somebody.commit({ records: [{ topic: settled, key: 'BTC-USD', value: 'garbage' }] })
    await somebody.close()
    await run(settling)
    expect((await outputs(settling))[0].flat().length).toBeGreaterThan(100)
  })

  test('a scorer of the former kind, which left only positions of its group, goes on from there', async () => {
    const job = scorer.job(config)
    const input = scorer.input(config, 60)
    await feedJob(streams, job, input.slice(0, 300))
    await run(job)
    await losses.records(job.state.name)
    await reopen()
    await feedJob(streams, job, input.slice(300))
    await run(job)
    const made = await outputs(job)
    await losses.positions(job.group)
    await run(job)
    expect(await outputs(job)).toEqual(made)
    const own = withOwnTopics(readConfig())
    await feedJob(streams, scorer.job(own), scorer.input(own, 60))
    await run(scorer.job(own))
    expect(made[0]).toEqual((await outputs(scorer.job(own)))[0])
  })
}

for (const engine of engines()) describe(`on ${engine.name}`, needs(engine.lacks), jobsOn(engine))
