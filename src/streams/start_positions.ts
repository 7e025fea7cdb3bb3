import { SpikeError } from '../errors.ts'
import type { Position } from './port.ts'

/**
 * Where a reader begins on each partition: at its position in `start`, else at the first record that is kept.
 * @throws SpikeError TOPIC_MISMATCH when a position lies outside what the topic holds: it is another topic of that name,
 * or records were deleted before they were read. Going on from elsewhere would lose or repeat records silently.
 * @param partitions which to read; all when absent.
 */
export function startPositions(
  begins: Position[],
  ends: Position[],
  start: Position[] = [],
  partitions?: number[],
): Position[] {
  const faults: string[] = []
  const from = begins.map((begin, index) => {
    const asked = start.find(({ topic, partition }) => topic === begin.topic && partition === begin.partition)
    const end = ends[index].offset
    if (asked !== undefined && (asked.offset < begin.offset || asked.offset > end))
      faults.push(
        `topic ${begin.topic}, partition ${begin.partition}: position ${asked.offset} is outside what it holds, ${begin.offset} to ${end}; ` +
          'the topic was made anew or has lost records: name other topics and feed them from bronze',
      )
    return { ...(asked ?? begin) }
  })
  for (const { topic, partition } of start)
    if (!begins.some(begin => begin.topic === topic && begin.partition === partition))
      faults.push(`topic ${topic} has no partition ${partition}, yet a position is known for it`)
  const absent = partitions?.filter(partition => !begins.some(begin => begin.partition === partition)) ?? []
  for (const partition of absent) faults.push(`topic ${begins[0].topic} has no partition ${partition} to be read`)
  if (faults.length > 0) throw new SpikeError('TOPIC_MISMATCH', faults)
  return from.filter(({ partition }) => partitions?.includes(partition) ?? true)
}
