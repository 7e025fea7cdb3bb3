import type { Base, RecordsBatch } from '@platformatic/kafka'
import type { Position } from '../port.ts'
import { isTransactional, markerOf } from './committed_records.ts'
import { writtenBatches } from './fetch.ts'

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
      for await (const batch of writtenBatches(client, topic, partition, starts[i], offset))
        for (const [key, value] of decidedBy(batch, open)) if (keys.includes(key)) found.set(key, value)
    }
    if (found.size === keys.length || starts.every((start, i) => start === begins[i].offset)) return found
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
  if (!isTransactional(batch)) return records
  open.set(batch.producerId, [...(open.get(batch.producerId) ?? []), ...records])
  return []
}
