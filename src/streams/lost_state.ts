import { SpikeError } from '../errors.ts'
import type { Incoming, Streams } from './port.ts'
import { readAll } from './read_all.ts'

/** A writer of which no state was found, and what it writes to. */
export interface Stateless {
  /** Key of its state, named in the error. */
  name: string
  /** Topic of states. */
  state: string
  /** Topics that it writes to. */
  writes: string[]
  /** Those of its partitions; all when absent. */
  partitions?: number[]
  /** Whether a record there is its own; all are when absent. */
  isOwn?(record: Incoming): boolean
  /** Called again and again while records are read. */
  onTurn?(): void
}

/**
 * A writer that has written records and has no state would write them all again.
 * @throws SpikeError STATE_LOST, one line that names the topics which hold records of it and says what to do.
 */
export async function refuseLostState(streams: Streams, writer: Stateless): Promise<void> {
  const { name, state, writes, partitions, isOwn = () => true, onTurn } = writer
  const held: string[] = []
  for (const topic of writes)
    for await (const records of readAll(streams, topic, [], partitions)) {
      onTurn?.()
      if (!records.some(isOwn)) continue
      held.push(topic)
      break
    }
  if (held.length === 0) return
  throw new SpikeError(
    'STATE_LOST',
    `${held.length === 1 ? `topic ${held[0]} holds` : `topics ${held.join(', ')} hold`} records, but topic ${state} has no state of '${name}', which would write them again; ` +
      'name other topics and feed them from bronze, or bring the states back',
  )
}
