import { decodeRecord } from '../../core/events/json_record.ts'
import { SpikeError } from '../../errors.ts'
import type { Position, Streams } from '../../streams/port.ts'

/** How far letters were tried; written in the transaction of what came of them. */
export interface RedriveState {
  format: 'spike60-redrive'
  version: 1
  /** Which topic of that name it was. */
  id: string
  /** By partition: the next letter. */
  offsets: Record<string, number>
}

/**
 * Where trying goes on; from the beginning of a topic that was made anew. A former version left its place in the group alone.
 * @param id of the topic now.
 * @throws SpikeError LOG_CORRUPT when the newest state is none of this version.
 */
export async function startOf(
  streams: Streams,
  topic: string,
  key: string,
  from: string,
  id: string,
): Promise<Position[]> {
  const last = (await streams.newest(topic, [key])).get(key)
  if (last === undefined) return streams.committed(key, from)
  const state = decodeRecord<RedriveState>(
    last.toString(),
    found =>
      found.format === 'spike60-redrive' &&
      found.version === 1 &&
      Object.values(found.offsets ?? {}).every(Number.isSafeInteger),
  )
  if (state === null)
    throw new SpikeError(
      'LOG_CORRUPT',
      `topic ${topic}: the record of '${key}' is no state of this version; name another --to`,
    )
  if (state.id !== id) return []
  return Object.entries(state.offsets).map(([partition, offset]) => ({
    topic: from,
    partition: Number(partition),
    offset,
  }))
}
