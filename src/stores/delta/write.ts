import type { Incoming, Position } from '../../streams/port.ts'
import { checkEpoch, type WriterRow } from '../claim_topic.ts'
import type { Written } from '../port.ts'
import type { Row } from '../tables.ts'
import { refusedTable } from '../tables.ts'
import { refusedRows, takeBatch } from '../take_batch.ts'
import { tidyTable } from './checkpoint.ts'
import { type Action, commit, readOn, type Snapshot } from './log.ts'
import { mergeRows } from './merge.ts'
import { anchor, type DeltaTable } from './schema.ts'

/** The property of a table that says who writes a topic. */
export const writerKey = (topic: string): string => `spike60.writer.${topic}`

export function writerOf({ metaData }: Snapshot, topic: string): WriterRow | undefined {
  const told = metaData?.configuration[writerKey(topic)]
  return told === undefined ? undefined : JSON.parse(told)
}

const appOf = (topic: string, partition: number): string => `spike60/${topic}/${partition}`

/** Where the log of the table that is written last says the store stands. */
export function positionsOf(
  { positions }: Snapshot,
  { name, partitions }: { name: string; partitions: number },
): Position[] {
  return Array.from({ length: partitions }, (_, partition) => {
    return { topic: name, partition, offset: positions.get(appOf(name, partition)) ?? -1 }
  }).filter(({ offset }) => offset >= 0)
}

/**
 * Writes what a batch holds beyond the position. A log is one table's: the others are committed first, where the same rows again
 * change nothing, and the windows last, with the position. @throws SpikeError WRITER_FENCED.
 */
export async function writeBatch(
  tables: DeltaTable[],
  topic: { name: string; partitions: number },
  epoch: number,
  batch: Incoming[],
  upTo: Position[],
): Promise<Written> {
  const last = tables.at(-1)!
  readOn(last.folder, last.snapshot)
  checkEpoch(writerOf(last.snapshot, topic.name), topic.name, epoch)
  const taken = takeBatch(batch, upTo, positionsOf(last.snapshot, topic))
  const rows = new Map([...taken.rows, [refusedTable, refusedRows(taken.refused)]])
  const moved = taken.upTo.map(({ partition, offset }) => {
    return { txn: { appId: appOf(topic.name, partition), version: offset, lastUpdated: Date.now() } }
  })
  let changed = 0
  for (const one of tables) {
    const count = await commitRows(one, topic.name, epoch, rows.get(one.table) ?? [], one.table === anchor ? moved : [])
    if (one.table !== refusedTable) changed += count
  }
  return { changed, refused: taken.refused.length }
}

async function commitRows(
  one: DeltaTable,
  topic: string,
  epoch: number,
  rows: Row[],
  moved: Action[],
): Promise<number> {
  for (;;) {
    readOn(one.folder, one.snapshot)
    checkEpoch(writerOf(one.snapshot, topic), topic, epoch)
    const { actions, changed } = await mergeRows(one, rows)
    if (actions.length + moved.length === 0) return 0
    if (!commit(one.folder, one.snapshot, [...moved, ...actions])) continue
    readOn(one.folder, one.snapshot)
    await tidyTable(one.folder, one.snapshot)
    return changed
  }
}
