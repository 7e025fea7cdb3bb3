import type { fetchV13, RecordsBatch } from '@platformatic/kafka'

const transactional = 1 << 4
const control = 1 << 5

/** One partition's part of the answer to a fetch. */
export type FetchedPartition = ReturnType<typeof fetchV13.parseResponse>['responses'][number]['partitions'][number]

/** One record of a fetch. */
export interface Fetched {
  offset: number
  key: Buffer | null
  value: Buffer | null
}

export function isTransactional({ attributes }: Pick<RecordsBatch, 'attributes'>): boolean {
  return (attributes & transactional) !== 0
}

/** The end of a transaction as its marker tells it: [version, type], type 0 aborted, 1 committed. Else null. */
export function markerOf(batch: RecordsBatch): 'aborted' | 'committed' | null {
  if ((batch.attributes & control) === 0) return null
  const type = batch.records[0]?.key?.readInt16BE(2)
  return type === 0 ? 'aborted' : type === 1 ? 'committed' : null
}

/**
 * The committed records of one partition's read_committed fetch from `position` on, and the offset after the last whole
 * batch, markers and aborted records passed over. Kafka's rule (KIP-98): walk the batches by offset; a producer is
 * aborted from its transaction's first offset, as the broker lists it, until its abort marker; the list also names
 * transactions that began before this fetch.
 */
export function committedRecords(
  { records, abortedTransactions }: Pick<FetchedPartition, 'records' | 'abortedTransactions'>,
  position: number,
): { records: Fetched[]; next: number } {
  const aborted = (abortedTransactions ?? []).toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const active = new Set<bigint>()
  const wanted: Fetched[] = []
  let listed = 0
  let next = position
  for (const batch of records ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    while (listed < aborted.length && aborted[listed].firstOffset <= last) active.add(aborted[listed++].producerId)
    next = Math.max(next, Number(last) + 1)
    if ((batch.attributes & control) !== 0) {
      if (markerOf(batch) === 'aborted') active.delete(batch.producerId)
      continue
    }
    if (isTransactional(batch) && active.has(batch.producerId)) continue
    const first = Number(batch.firstOffset)
    for (const { offsetDelta, key, value } of batch.records) {
      const offset = first + offsetDelta
      if (offset >= position) wanted.push({ offset, key, value })
    }
  }
  return { records: wanted, next }
}
