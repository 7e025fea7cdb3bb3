/** What every PartitionWork must hold to: the same records come out once each, however its input is cut and wherever it dies. */
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import { openPartitions } from '../../src/jobs/partitions/open_partitions.ts'
import type { PartitionJob } from '../../src/jobs/partitions/partition_job.ts'
import type { PartitionWork } from '../../src/jobs/partitions/partition_work.ts'
import { runPartitions } from '../../src/jobs/run_partitions.ts'
import { newJobStatus } from '../../src/jobs/status.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Incoming, Outgoing, Streams } from '../../src/streams/port.ts'
import { operators } from '../fixtures/operators.ts'
import { type Contents, contentsOf, feedJob, outputsOf } from '../harness/job_outputs.ts'
import { Killed, type KillingStreams, killingStreams } from '../harness/killing_streams.ts'
import { createMemoryStreams } from '../harness/memory_streams.ts'
import { needs } from '../harness/needs.ts'
import { type Engine, engines, withOwnTopics } from '../harness/stream_engines.ts'

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

/** In order where there is one input; where several mix in any way, only what comes out is known, not in which order. */
const inOrder = (lines: string[], { reads }: Job): string[] => (reads.length === 1 ? lines : lines.toSorted())

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
      { numRuns: 60 },
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

const jobsOn = (engine: Engine) => () => {
  let spec: string
  let streams: Streams
  let config: Config
  beforeAll(async () => {
    spec = await engine.prepare()
  })
  afterAll(() => engine.cleanUp())
  beforeEach(async () => {
    streams = await openStreams(spec)
    config = withOwnTopics(readConfig())
  })
  afterEach(() => streams.close())

  const run = (job: Job, on: Streams) =>
    runPartitions({ ...job, streams: on, finish: AbortSignal.abort(), status: newJobStatus() })

  /** What stands on its output topics, under names that are the same for all runs. */
  async function madeBy(job: Job): Promise<Contents[]> {
    const all: Contents[] = []
    for (const topic of outputsOf(job))
      all.push((await contentsOf(streams, topic)).map(lines => inOrder(lines, job).map(line => withoutOwnNames(line))))
    return all
  }

  test.each(operators)(
    '$name, killed between any two writes: the same records, once each',
    async ({ job: jobOf, input }) => {
      const undisturbed = jobOf(config)
      await feedJob(streams, undisturbed, input(config, 21))
      await run(undisturbed, streams)
      const wanted = await madeBy(undisturbed)
      const dead: KillingStreams[] = []
      const lives = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 150 })), {
        minLength: 1,
        maxLength: 6,
      })
      await fc.assert(
        fc.asyncProperty(lives, async plan => {
          const own = withOwnTopics(readConfig())
          const job = jobOf(own)
          await feedJob(streams, job, input(own, 21))
          for (const [steps, batch] of plan) {
            const dying = killingStreams(inBatches(streams, batch), steps)
            await run(job, dying).catch(error => {
              if (!(error instanceof Killed)) throw error
            })
            dead.push(dying)
          }
          await run(job, streams)
          expect(await madeBy(job)).toEqual(wanted)
        }),
        { numRuns: engine.name === 'embedded' ? 20 : 1, seed: 60 },
      )
      for (const one of dead) await one.bury()
    },
  )
}

for (const engine of engines())
  describe(`on ${engine.name}`, { ...needs(engine.lacks), timeout: 300_000 }, jobsOn(engine))

/** Dead letters name the topic that they come from; the names of tests' topics end in twelve hexadecimal digits. */
function withoutOwnNames(line: string): string {
  return line.replace(/(ticks\.\w+)\.[0-9a-f]{12}/g, '$1')
}

/** Streams whose readers give out so many records at most at a time. */
function inBatches(streams: Streams, most: number): Streams {
  return {
    ...streams,
    async reader(topic, start, partitions) {
      const reader = await streams.reader(topic, start, partitions)
      return {
        poll: (max, waitMs) => reader.poll(Math.min(max, most), waitMs),
        positions: () => reader.positions(),
        close: () => reader.close(),
      }
    },
  }
}
