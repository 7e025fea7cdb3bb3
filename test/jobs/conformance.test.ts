/** What every PartitionWork must hold to: the same records come out once each, however its input is cut and wherever it dies. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openPartitions } from '../../src/jobs/partitions/open_partitions.ts'
import type { PartitionJob } from '../../src/jobs/partitions/partition_job.ts'
import type { PartitionWork } from '../../src/jobs/partitions/partition_work.ts'
import { newJobStatus } from '../../src/jobs/status.ts'
import type { Incoming, Outgoing } from '../../src/streams/port.ts'
import { operators } from '../fixtures/operators.ts'
import { outputsOf } from '../harness/job_outputs.ts'
import { inOrder, jobsOn } from '../harness/jobs_on_engine.ts'
import { createMemoryStreams } from '../harness/memory_streams.ts'
import { needs } from '../harness/needs.ts'
import { engines } from '../harness/stream_engines.ts'

type Job = PartitionJob<PartitionWork>

/** A stretch of a life: so many records are taken, work to come is done or not, and then it commits, or dies, or both. */
interface Stretch {
  records: number
  ahead: boolean
  commits: boolean
  dies: boolean
  /** The next life begins so many records before it has to. */
  early: number
  /** It reads its last input first: how several mix is not known. */
  lastFirst: boolean
}

const stretch: fc.Arbitrary<Stretch> = fc.record({
  records: fc.integer({ min: 1, max: 120 }),
  ahead: fc.boolean(),
  commits: fc.boolean(),
  dies: fc.boolean(),
  early: fc.nat({ max: 30 }),
  lastFirst: fc.boolean(),
})
const whole: Stretch = {
  records: Number.POSITIVE_INFINITY,
  ahead: false,
  commits: true,
  dies: false,
  early: 0,
  lastFirst: false,
}

/** What a job makes of records in one partition, life by life, in memory. */
async function live(job: Job, input: Outgoing[], stretches: Stretch[]): Promise<Record<string, string[]>> {
  const streams = createMemoryStreams()
  await streams.createTopics([...job.reads, ...outputsOf(job), job.state.name].map(name => ({ name, partitions: 1 })))
  await (await streams.writer('feed')).commit({ records: input })
  const next = new Map(job.reads.map(topic => [topic, 0]))
  const arriving = input.map(({ topic }): Incoming => {
    const offset = next.get(topic)!
    next.set(topic, offset + 1)
    return streams.records(topic)[offset]
  })
  const plan = [...stretches, whole]
  while (plan.length > 0) {
    await using life = new AsyncDisposableStack()
    const status = newJobStatus()
    const running = (await openPartitions({ ...job, streams, status }, [0], life, () => {})).get(0)!
    const begins = new Map(running.start().map(({ topic, offset }) => [topic, offset]))
    const { early, lastFirst } = plan[0]
    const left = arriving.filter(({ topic, offset }) => offset >= (begins.get(topic) ?? 0) - early)
    if (lastFirst) left.sort((a, b) => job.reads.indexOf(b.topic) - job.reads.indexOf(a.topic))
    for (let dead = false; !dead && plan.length > 0; ) {
      const { records, ahead, commits, dies } = plan.shift()!
      for (const record of left.splice(0, records)) {
        running.take(record)
        while (ahead && running.anticipate());
      }
      if (commits) await running.commit()
      dead = dies
    }
  }
  const lines = (topic: string): string[] => streams.records(topic).map(({ key, value }) => `${key} ${value}`)
  return Object.fromEntries(outputsOf(job).map(topic => [topic, inOrder(lines(topic), job)]))
}

describe.each(operators)('$name', ({ job: jobOf, input: inputOf, once: onceOf }) => {
  const config = readConfig()
  const job = jobOf(config)

  test('makes something of each kind of its input', async () => {
    const made = await live(job, inputOf(config, 21), [])
    expect(Object.entries(made).filter(([, lines]) => lines.length === 0)).toEqual([])
  })

  test('cut anywhere, ended anywhere and begun again from its state: the same records, once each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 1e6 }), fc.array(stretch, { maxLength: 30 }), async (seed, stretches) => {
        const input = inputOf(config, seed)
        expect(await live(job, input, stretches)).toEqual(await live(job, input, []))
      }),
      { numRuns: 25 },
    )
  })

  if (onceOf(job).length > 0)
    test('what stands twice on its topics comes out once', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: 1e6 }),
          fc.array(fc.tuple(fc.nat(), fc.nat({ max: 9 }))),
          async (seed, twice) => {
            const input = inputOf(config, seed).filter(({ value }) => !String(value).startsWith('{broken'))
            const repeated = [...input]
            for (const [place, later] of twice) {
              const at = place % repeated.length
              repeated.splice(at + 1 + later, 0, repeated[at])
            }
            const [twofold, once] = [await live(job, repeated, []), await live(job, input, [])]
            for (const topic of onceOf(job)) expect(twofold[topic]).toEqual(once[topic])
          },
        ),
        { numRuns: 15 },
      )
    })
})

const [embedded] = engines()
describe(`on ${embedded.name}`, { ...needs(embedded.lacks), timeout: 300_000 }, jobsOn(embedded))
