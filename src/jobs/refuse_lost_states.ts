import { SpikeError } from '../errors.ts'
import { readAll } from '../streams/read_all.ts'
import type { PartitionJob } from './partition_job.ts'
import type { PartitionWork } from './partition_work.ts'

/**
 * A job that has written records and has no state would write them all again.
 * @param partitions those without a state.
 * @throws SpikeError STATE_LOST in one line that names the topics which hold records of it.
 */
export async function refuseLostStates<Work extends PartitionWork>(
  { streams, name, state, writes, isOwn = () => true }: PartitionJob<Work>,
  partitions: number[],
  onTurn: () => void,
): Promise<void> {
  if (partitions.length === 0) return
  const held: string[] = []
  for (const topic of writes)
    for await (const records of readAll(streams, topic, [], partitions)) {
      onTurn()
      if (!records.some(isOwn)) continue
      held.push(topic)
      break
    }
  if (held.length > 0)
    throw new SpikeError(
      'STATE_LOST',
      `${held.length === 1 ? 'topic' : 'topics'} ${held.join(', ')}: records of '${name}' stand there, but topic ${state.name} holds no state of it: ` +
        'it would write them all again; bring that topic back, or name other topics and feed them from bronze',
    )
}
