import { refuseLostState } from '../../streams/lost_state.ts'
import type { Position, Writer } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { refuseOtherTopics, topicIds } from '../../streams/topic_ids.ts'
import type { PartitionRun } from './partition_job.ts'
import { type PartitionState, readStates, stateKey, unreadable } from './partition_state.ts'
import type { PartitionWork } from './partition_work.ts'
import { RunningPartition } from './running_partition.ts'

/**
 * Takes the partitions over, fencing whoever had them, before reading where they stand, and restores their works.
 * @param life closes the writers.
 * @param onTurn called again and again while records are read.
 * @throws SpikeError as `readStates`; STATE_LOST when one has written records and no state of it is left; TOPIC_MISMATCH when
 * its topics are not those that it has worked with.
 */
export async function openPartitions<Work extends PartitionWork>(
  job: PartitionRun<Work>,
  partitions: number[],
  life: AsyncDisposableStack,
  onTurn: () => void,
): Promise<Map<number, RunningPartition<Work>>> {
  const { streams, name, state, settings = '' } = job
  const writers = new Map<number, Writer>()
  for (const partition of partitions) {
    const writer = await streams.writer(`${name}-${partition}`.replaceAll(' ', '-'))
    life.defer(() => writer.close())
    writers.set(partition, writer)
  }
  const states = await readStates(streams, state.name, name, settings, partitions)
  const topics = await topicIds(streams, [...job.reads, ...job.writes])
  for (const [partition, stored] of states) refuseOtherTopics(stateKey(name, partition), stored.topics, topics)
  const stateless = partitions.filter(partition => !states.has(partition))
  const former = stateless.length > 0 ? ((await job.former?.(streams, stateless)) ?? []) : []
  const fresh = stateless.filter(partition => !former.some(position => position.partition === partition))
  if (fresh.length > 0) await refuseLostState(streams, { ...job, state: state.name, partitions: fresh, onTurn })
  const ends = (await Promise.all((job.recalls ?? []).map(topic => streams.ends(topic)))).flat()
  const running = new Map<number, RunningPartition<Work>>()
  for (const partition of partitions) {
    const work = job.open(partition)
    const stored = states.get(partition)
    if (stored) await restore(job, work, stored, partition, onTurn)
    const places = job.reads.map(topic => [topic, placeOf(topic, partition, stored, former)] as const)
    const ownEnds = ends.filter(end => end.partition === partition).map(end => [end.topic, end.offset] as const)
    const writer = writers.get(partition)!
    running.set(
      partition,
      new RunningPartition({ ...job, topics }, partition, work, writer, new Map(places), new Map(ownEnds)),
    )
  }
  return running
}

function placeOf(topic: string, partition: number, stored: PartitionState | undefined, former: Position[]) {
  const before = former.find(position => position.topic === topic && position.partition === partition)?.offset ?? 0
  const { offset, from } = stored?.inputs[topic] ?? { offset: before, from: before }
  return { next: offset, read: from, committed: offset }
}

async function restore(
  { streams, log, name, state }: PartitionRun<PartitionWork>,
  work: PartitionWork,
  { recall, memory }: PartitionState,
  partition: number,
  onTurn: () => void,
): Promise<void> {
  for (const [topic, offset] of Object.entries(recall)) {
    const others: number[] = []
    for await (const records of readAll(streams, topic, [{ topic, partition, offset }], [partition])) {
      for (const record of records) if (!work.recall!(record)) others.push(record.offset)
      onTurn()
    }
    if (others.length > 0)
      log?.warn({ topic, partition, count: others.length, first: others[0] }, 'passed over: none of its own')
  }
  try {
    work.restore?.(memory)
  } catch (cause) {
    throw unreadable(state.name, stateKey(name, partition), cause)
  }
}
