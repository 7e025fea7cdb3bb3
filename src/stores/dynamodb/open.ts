import { SpikeError } from '../../errors.ts'
import type { TopicFacts } from '../../streams/port.ts'
import { nextEpoch } from '../claim_topic.ts'
import type { Claim, Store } from '../port.ts'
import { openService } from './client.ts'
import { prepareTables } from './schema.ts'
import { positionsOf, putWriter, readWriter, writeBatch } from './write.ts'

/** The store in tables of DynamoDB whose names begin so; see `openStore`. */
export async function openDynamodb(address: string, topic: TopicFacts, claim: Claim): Promise<Store> {
  const prefix = /^dynamodb:\/\/([\w.-]{1,100})$/.exec(address)?.[1]
  if (prefix === undefined)
    throw new SpikeError('BAD_ARGUMENT', 'write dynamodb://PREFIX, of letters, digits, dots, dashes and underscores')
  const ask = openService(address)
  await prepareTables(ask, prefix, address)
  const epoch = await claimTopic()
  return {
    position: async () => positionsOf(await readWriter(ask, prefix, topic.name), topic.name),
    write: (batch, upTo) => writeBatch(ask, prefix, { topic: topic.name, epoch }, batch, upTo),
    close: async () => {},
  }

  async function claimTopic(): Promise<number> {
    for (;;) {
      const found = await readWriter(ask, prefix!, topic.name)
      const epoch = nextEpoch(found, topic, claim)
      const told = { topic_id: topic.id, holder: claim.holder, epoch, positions: found?.positions ?? [] }
      if (await putWriter(ask, prefix!, topic.name, told, found)) return epoch
    }
  }
}
