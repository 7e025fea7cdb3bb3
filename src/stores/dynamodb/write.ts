import type { Incoming, Position } from '../../streams/port.ts'
import { checkEpoch, type WriterRow } from '../claim_topic.ts'
import type { Written } from '../port.ts'
import { type Row, refusedTable, type Table, tradesTable, windowsTable } from '../tables.ts'
import { refusedRows, takeBatch } from '../take_batch.ts'
import type { Ask, Item } from './client.ts'
import { itemOf, storeTable } from './schema.ts'

/** Requests under way at once. */
const atOnce = 16

export interface WriterItem extends WriterRow {
  positions: [partition: number, offset: number][]
}

const writerKey = (topic: string) => ({ pk: { S: `writer#${topic}` }, sk: { S: '-' } })

/** Who writes a topic, and up to where. */
export async function readWriter(ask: Ask, prefix: string, topic: string): Promise<WriterItem | undefined> {
  const TableName = `${prefix}${storeTable}`
  const found = await ask('GetItem', { TableName, Key: writerKey(topic), ConsistentRead: true })
  const item = found?.Item as Item | undefined
  return item === undefined ? undefined : JSON.parse(String(Reflect.get(item.told, 'S')))
}

/** @param condition on the item that stands. @returns false where it does not hold. */
export async function putWriter(
  ask: Ask,
  prefix: string,
  topic: string,
  told: WriterItem,
  before: WriterItem | undefined,
): Promise<boolean> {
  const condition =
    before === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'told = :before',
          ExpressionAttributeValues: { ':before': { S: JSON.stringify(before) } },
        }
  const Item = { ...writerKey(topic), told: { S: JSON.stringify(told) } }
  return (await ask('PutItem', { TableName: `${prefix}${storeTable}`, Item, ...condition })) !== null
}

export function positionsOf(found: WriterItem | undefined, topic: string): Position[] {
  return (found?.positions ?? []).map(([partition, offset]) => ({ topic, partition, offset }))
}

/**
 * Puts what a batch holds beyond the position, each row where none of its key stands or a lower revision, and then moves the position,
 * where the writer is still its own: rows that come again change nothing. @throws SpikeError WRITER_FENCED.
 */
export async function writeBatch(
  ask: Ask,
  prefix: string,
  { topic, epoch }: { topic: string; epoch: number },
  batch: Incoming[],
  upTo: Position[],
): Promise<Written> {
  const found = await readWriter(ask, prefix, topic)
  checkEpoch(found, topic, epoch)
  const taken = takeBatch(batch, upTo, positionsOf(found, topic))
  let changed = 0
  for (const [table, rows] of taken.rows) changed += await putRows(ask, prefix, table, rows)
  await putRows(ask, prefix, refusedTable, refusedRows(taken.refused))
  if (taken.upTo.length > 0) {
    const moved = new Map([...found!.positions, ...taken.upTo.map(one => [one.partition, one.offset] as const)])
    const told: WriterItem = { ...found!, positions: [...moved].sort(([a], [b]) => a - b) }
    if (!(await putWriter(ask, prefix, topic, told, found)))
      checkEpoch(await readWriter(ask, prefix, topic), topic, Number.NaN)
  }
  return { changed, refused: taken.refused.length }
}

async function putRows(ask: Ask, prefix: string, table: Table, rows: Row[]): Promise<number> {
  const TableName = `${prefix}${table.name}`
  const hasRevision = 'revision' in table.columns
  let changed = 0
  const put = async (row: Row): Promise<void> => {
    const Item = itemOf(table, row)
    const condition = hasRevision
      ? {
          ConditionExpression: 'attribute_not_exists(pk) OR revision < :r',
          ExpressionAttributeValues: { ':r': { N: `${row.revision}` } },
        }
      : {}
    if ((await ask('PutItem', { TableName, Item, ...condition })) !== null) changed++
  }
  const left = rows.values()
  const worker = async (): Promise<void> => {
    for (const row of left) await put(row)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (table === tradesTable || table === windowsTable) await putLatest(ask, TableName, table, rows)
  return changed
}

/** The newest of each product, read by its key alone: `latest#PRODUCT`, and the length of a window. */
async function putLatest(ask: Ask, TableName: string, table: Table, rows: Row[]): Promise<void> {
  const newest = new Map<string, { item: Item; order: string }>()
  for (const row of rows) {
    const item = itemOf(table, row)
    const sk = table === windowsTable ? `${Number(row.window_end) - Number(row.window_start)}` : '-'
    const order = `${Reflect.get(item.sk, 'S')}#${String(row.revision).padStart(10, '0')}`
    const key = JSON.stringify([row.product, sk])
    if (order > (newest.get(key)?.order ?? ''))
      newest.set(key, {
        order,
        item: { ...item, pk: { S: `latest#${row.product}` }, sk: { S: sk }, newest: { S: order } },
      })
  }
  for (const { item, order } of newest.values())
    await ask('PutItem', {
      ...{ TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk) OR newest < :n' },
      ExpressionAttributeValues: { ':n': { S: order } },
    })
}
