import { createTopics } from '../streams/create_topics.ts'
import { deadLetterTopic } from '../streams/dead_letter.ts'
import { follow } from './follow.ts'
import { refuseForeignInput } from './partitions/foreign_input.ts'
import { Intake } from './partitions/intake.ts'
import { openPartitions } from './partitions/open_partitions.ts'
import { ownPartitions } from './partitions/own_partitions.ts'
import type { PartitionRun } from './partitions/partition_job.ts'
import { hasStates } from './partitions/partition_state.ts'
import type { PartitionWork } from './partitions/partition_work.ts'
import { watchTopology } from './partitions/topology.ts'
import { noteLife } from './status.ts'

/**
 * Runs a job until it is told to stop: takes its partitions over, restores where they stand, reads, and writes what comes of
 * it, each record once: outputs, state and input positions of a partition are one transaction. Killed at any moment, the
 * next one goes on with the same records; when the broker fails it begins anew from what is committed, again and again
 * until the broker is back.
 * @throws SpikeError WRITER_FENCED when another one took over one of its partitions; STATE_LOST when its outputs hold
 * records and its states are gone; BAD_CONFIG when they were made with other settings; BAD_ARGUMENT for a partition that
 * the topics do not have; TOPIC_MISMATCH when it begins for the first time and its first input holds other records than it
 * is made for; else as `follow`.
 * @example
 * await runPartitions({
 *   ...{ streams, name: 'doubler numbers', group: 'doubler', reads: ['numbers'], writes: ['doubled'], partitions: 2 },
 *   ...{ state: config.topics.state, open: () => new Doubler(), status: newJobStatus<Doubler>(), stop },
 * })
 */
export async function runPartitions<Work extends PartitionWork>(job: PartitionRun<Work>): Promise<void> {
  const { streams, reads, partitions, stop, finish, status, log } = job
  const own = ownPartitions(job.own, partitions)
  const noted = noteLife(status, log)
  let unseen = job.input
  await follow({
    streams,
    topics: reads,
    stop,
    finish,
    async begin(claiming, life) {
      life.defer(async () => {
        status.ready = false
      })
      if (unseen && !(await hasStates(streams, job.state.name, job.name, partitions)))
        await refuseForeignInput(streams, reads[0], unseen, finish?.aborted ?? false)
      unseen = undefined
      // A job may read the dead letters of another input.
      const names = [...new Set([...reads, ...job.writes, ...reads.map(deadLetterTopic)])]
      await createTopics(streams, [...names.map(name => ({ name, partitions })), job.state])
      const look = await watchTopology(streams, [...reads, ...job.writes, job.state.name])
      status.partitions = await openPartitions({ ...job, streams: claiming }, own, life, noted.onTurn)
      const intake = new Intake(status.partitions, status)
      life.defer(() => intake.close())
      const start = [...status.partitions.values()].flatMap(running => running.start())
      return {
        start,
        partitions: own,
        async take(batch) {
          look()
          await intake.take(batch)
          job.onTaken?.()
        },
        async rest() {
          look()
          await intake.rest()
        },
      }
    },
    ...noted,
  })
}
