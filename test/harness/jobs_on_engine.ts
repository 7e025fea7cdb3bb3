/** What every PartitionWork must hold to on an engine for topics, killed at any of its steps. */
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import type { PartitionJob } from '../../src/jobs/partitions/partition_job.ts'
import type { PartitionWork } from '../../src/jobs/partitions/partition_work.ts'
import { runPartitions } from '../../src/jobs/run_partitions.ts'
import { newJobStatus } from '../../src/jobs/status.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Streams } from '../../src/streams/port.ts'
import { operators } from '../fixtures/operators.ts'
import { type Contents, contentsOf, feedJob, outputsOf } from './job_outputs.ts'
import { Killed, type KillingStreams, killingStreams } from './killing_streams.ts'
import { type Engine, withOwnTopics } from './stream_engines.ts'

type Job = PartitionJob<PartitionWork>

/** In order where there is one input; where several mix in any way, only what comes out is known, not in which order. */
export const inOrder = (lines: string[], { reads }: Job): string[] => (reads.length === 1 ? lines : lines.toSorted())

export const jobsOn = (engine: Engine) => () => {
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
        // Each life waits for each of its inputs.
        { numRuns: engine.name === 'embedded' ? Math.ceil(20 / undisturbed.reads.length) : 1, seed: 60 },
      )
      for (const one of dead) await one.bury()
    },
  )
}

/** Dead letters name the topic that they come from; the names of tests' topics end in twelve hexadecimal digits. */
function withoutOwnNames(line: string): string {
  return line.replace(/((?:ticks|market)\.\w+)\.[0-9a-f]{12}/g, '$1')
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
