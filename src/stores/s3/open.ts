import type { TopicFacts } from '../../streams/port.ts'
import { nextEpoch } from '../claim_topic.ts'
import type { Claim, Store } from '../port.ts'
import { openBucket } from './client.ts'
import { positionsOf, putCommit, readNewest } from './schema.ts'
import { writeBatch } from './write.ts'

/** The store as Parquet in a bucket; see `openStore`. Revisions lie beside each other: of a key the highest counts. */
export async function openS3(address: string, topic: TopicFacts, claim: Claim): Promise<Store> {
  const bucket = openBucket(address)
  const epoch = await claimTopic()
  return {
    gather: { records: 50_000, seconds: 300 },
    position: async () => positionsOf(await readNewest(bucket, topic.name), topic.name),
    write: (batch, upTo) => writeBatch(bucket, { topic: topic.name, epoch }, batch, upTo),
    close: async () => {},
  }

  async function claimTopic(): Promise<number> {
    for (;;) {
      const { number, told } = await readNewest(bucket, topic.name)
      const epoch = nextEpoch(told, topic, claim)
      const next = { topic_id: topic.id, holder: claim.holder, epoch, positions: told?.positions ?? [], objects: [] }
      if (await putCommit(bucket, topic.name, number + 1, next)) return epoch
    }
  }
}
