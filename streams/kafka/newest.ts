import type { Base, RecordsBatch } from '@platformatic/kafka'
import type { Position } from '../port.ts'
import { markerOf } from './committed_records.ts'
import { fetchPartitions, findLeaders } from './fetch.ts'

const transactional = 1 << 4
const firstStep = 256

/**
 * The newest committed record of each key, looked for from the ends backwards, read uncommitted and judged by the markers. A
 * read_committed reader stops at the first transaction that is open, whoever's it is: a job that shares its state topic with
 * another would take an old state of its own for the newest, and write again what is committed.
 * @param begins first record of each partition that is kept. @param ends of the same partitions, uncommitted records included.
 */
export async function readNewest(
  client: Base,
  topic: string,
  keys: string[],
  begins: Position[],
  ends: Position[],
): Promise<Map<string, Buffer>> {
  for (let step = firstStep; ; step *= 8) {
    const found = new Map<string, Buffer>()
    const starts = ends.map(({ offset }, i) => Math.max(begins[i].offset, offset - step))
    for (const [i, { partition, offset }] of ends.entries()) {
      const open = new Map<bigint, [string, Buffer][]>()
      for await (const batch of batchesBetween(client, topic, partition, starts[i], offset))
        for (const [key, value] of decidedBy(batch, open)) if (keys.includes(key)) found.set(key, value)
    }
    if (found.size === keys.length || starts.every((start, i) => start === begins[i].offset)) return found
  }
}

async function* batchesBetween(
  client: Base,
  topic: string,
  partition: number,
  from: number,
  to: number,
): AsyncGenerator<RecordsBatch> {
  const { topicId, byNode } = await findLeaders(client, topic, true)
  const [node] = [...byNode].find(([, partitions]) => partitions.includes(partition))!
  for (let position = from; position < to; ) {
    const [answer] = await fetchPartitions(client, node, topicId, new Map([[partition, position]]), 500, false)
    for (const batch of answer.records ?? []) {
      position = Math.max(position, Number(batch.firstOffset) + batch.lastOffsetDelta + 1)
      yield batch
    }
  }
}

/** The records that a batch shows to be committed. @param open records of each producer whose transaction has no marker yet. */
function decidedBy(batch: RecordsBatch, open: Map<bigint, [string, Buffer][]>): [string, Buffer][] {
  const outcome = markerOf(batch)
  if (outcome !== null) {
    const decided = outcome === 'committed' ? (open.get(batch.producerId) ?? []) : []
    open.delete(batch.producerId)
    return decided
  }
  const records = batch.records.flatMap(({ key, value }): [string, Buffer][] =>
    key && value ? [[key.toString('utf8'), value]] : [],
  )
  if ((batch.attributes & transactional) === 0) return records
  open.set(batch.producerId, [...(open.get(batch.producerId) ?? []), ...records])
  return []
}
