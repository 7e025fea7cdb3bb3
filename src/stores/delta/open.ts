import { checkFolderPlace, makeFolder } from '../../files/place.ts'
import type { TopicFacts } from '../../streams/port.ts'
import { checkEpoch, nextEpoch } from '../claim_topic.ts'
import type { Claim, Store } from '../port.ts'
import { guard } from './faults.ts'
import { commit, readOn } from './log.ts'
import { type DeltaTable, describeTable, openTables } from './schema.ts'
import { positionsOf, writeBatch, writerKey, writerOf } from './write.ts'

/** The store as Delta tables in a folder; see `openStore`. A commit is on the disk when it returns. */
export async function openDelta(place: string, topic: TopicFacts, claim: Claim): Promise<Store> {
  checkFolderPlace(place)
  makeFolder(place)
  return guard(place, async () => {
    const tables = await openTables(place)
    const last = tables.at(-1)!
    const epoch = claimTable(last, topic, claim)
    for (const one of tables.slice(0, -1)) followClaim(one, topic, claim, epoch)
    return {
      gather: { records: 50_000, seconds: 30 },
      position: () =>
        guard(place, async () => {
          readOn(last.folder, last.snapshot)
          return positionsOf(last.snapshot, topic)
        }),
      write: (batch, upTo) => guard(place, () => writeBatch(tables, topic, epoch, batch, upTo)),
      close: async () => {},
    }
  })
}

function claimTable(one: DeltaTable, topic: TopicFacts, claim: Claim): number {
  for (;;) {
    readOn(one.folder, one.snapshot)
    const epoch = nextEpoch(writerOf(one.snapshot, topic.name), topic, claim)
    if (tell(one, topic, claim, epoch)) return epoch
  }
}

/** The other tables know the epoch of the one that is written last; a lower one than theirs has been overtaken. */
function followClaim(one: DeltaTable, topic: TopicFacts, claim: Claim, epoch: number): void {
  do {
    readOn(one.folder, one.snapshot)
    const found = writerOf(one.snapshot, topic.name)
    if (found !== undefined && found.epoch >= epoch) checkEpoch(found, topic.name, epoch)
  } while (!tell(one, topic, claim, epoch))
}

function tell(one: DeltaTable, topic: TopicFacts, { holder }: Claim, epoch: number): boolean {
  const writer = JSON.stringify({ topic_id: topic.id, holder, epoch })
  return commit(one.folder, one.snapshot, describeTable(one, { [writerKey(topic.name)]: writer }))
}
