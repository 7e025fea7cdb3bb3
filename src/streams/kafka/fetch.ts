import { type Base, FetchIsolationLevels, fetchV13, type RecordsBatch } from '@platformatic/kafka'
import type { FetchedPartition } from './committed_records.ts'

/** A fetch answers with at most about so many bytes, but always with a whole batch. */
const fetchBytes = 4 << 20

/** Which partitions of a topic each broker leads. */
export interface Leaders {
  topicId: string
  byNode: Map<number, number[]>
}

/** Asks who leads the partitions; `fresh` does not take what is remembered. */
export async function findLeaders(client: Base, topic: string, fresh: boolean): Promise<Leaders> {
  const metadata = await client.metadata({ topics: [topic], forceUpdate: fresh })
  const { id, partitions } = metadata.topics.get(topic)!
  const byNode = new Map<number, number[]>()
  for (const [partition, { leader }] of partitions.entries())
    byNode.set(leader, [...(byNode.get(leader) ?? []), partition])
  return { topicId: id, byNode }
}

/**
 * One fetch from one broker, outside of any consumer group.
 * @param from offset by partition.
 * @param waitMs the broker waits so long for the first byte.
 */
export async function fetchPartitions(
  client: Base,
  node: number,
  topicId: string,
  from: Map<number, number>,
  waitMs: number,
  readCommitted: boolean,
): Promise<FetchedPartition[]> {
  const broker = (await client.metadata({})).brokers.get(node)
  if (broker === undefined) throw new Error(`broker ${node} is not known`)
  const connection = await client.connections.get(broker)
  const partitions = [...from].map(([partition, offset]) => ({
    partition,
    fetchOffset: BigInt(offset),
    currentLeaderEpoch: -1,
    lastFetchedEpoch: -1,
    partitionMaxBytes: fetchBytes,
  }))
  const isolation = readCommitted ? FetchIsolationLevels.READ_COMMITTED : FetchIsolationLevels.READ_UNCOMMITTED
  const topics = [{ topicId, partitions }]
  const answer = await fetchV13.api.async(connection, waitMs, 1, fetchBytes, isolation, 0, -1, topics, [], '')
  return answer.responses.flatMap(response => response.partitions)
}

const writtenWaitMs = 500

/** The batches of a partition from an offset up to another, markers and what is not committed among them; waits for more. */
export async function* writtenBatches(
  client: Base,
  topic: string,
  partition: number,
  from: number,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<RecordsBatch> {
  if (from >= to) return
  const { topicId, byNode } = await findLeaders(client, topic, true)
  const [node] = [...byNode].find(([, partitions]) => partitions.includes(partition))!
  for (let position = from; position < to; ) {
    const [answer] = await fetchPartitions(
      client,
      node,
      topicId,
      new Map([[partition, position]]),
      writtenWaitMs,
      false,
    )
    const batches = answer.records ?? []
    // What was compacted away at the end of a partition leaves nothing to be read up to there.
    if (batches.length === 0 && Number(answer.highWatermark) >= to) return
    for (const batch of batches) {
      position = Number(batch.firstOffset) + batch.lastOffsetDelta + 1
      yield batch
    }
  }
}
