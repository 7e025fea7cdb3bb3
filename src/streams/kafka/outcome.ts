import type { Base } from '@platformatic/kafka'
import { markerOf } from './committed_records.ts'
import { writtenBatches } from './fetch.ts'

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
  for await (const batch of writtenBatches(client, topic, partition, offset)) {
    const outcome = batch.producerId === producerId ? markerOf(batch) : null
    if (outcome !== null && Number(batch.firstOffset) >= offset) return outcome
  }
  throw new Error(`topic ${topic}, partition ${partition}: no marker`)
}
