import type { Base } from '@platformatic/kafka'
import { markerOf } from './committed_records.ts'
import { fetchPartitions, findLeaders } from './fetch.ts'

/**
 * How a producer's transaction ended that wrote to `offset`: told by its first marker after it. Reads uncommitted, so that
 * nobody else's open transaction stands in the way. To be asked once the coordinator has ended the transaction.
 */
export async function outcomeOf(
  client: Base,
  topic: string,
  partition: number,
  offset: number,
  producerId: bigint,
): Promise<'aborted' | 'committed'> {
  const { topicId, byNode } = await findLeaders(client, topic, true)
  const [node] = [...byNode].find(([, partitions]) => partitions.includes(partition))!
  let position = offset
  for (;;) {
    const [answer] = await fetchPartitions(client, node, topicId, new Map([[partition, position]]), 500, false)
    for (const batch of answer.records ?? []) {
      const outcome = batch.producerId === producerId ? markerOf(batch) : null
      if (outcome !== null && Number(batch.firstOffset) >= offset) return outcome
      position = Number(batch.firstOffset) + batch.lastOffsetDelta + 1
    }
  }
}
