import fc from 'fast-check'
import { expect, test } from 'vitest'
import { committedRecords, type FetchedPartition } from '../../../src/streams/kafka/committed_records.ts'

type Batch = NonNullable<FetchedPartition['records']>[number]
interface Aborted {
  producerId: bigint
  firstOffset: bigint
  /** Offset of the marker. */
  end: bigint
}
interface Log {
  batches: Batch[]
  aborted: Aborted[]
  committed: Set<number>
  next: number
}

/** What happens to a partition: a producer writes a batch, ends its transaction, or someone writes outside of any. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('write' as const),
      producer: fc.nat(2),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('commit' as const), producer: fc.nat(2), count: fc.constant(1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('abort' as const), producer: fc.nat(2), count: fc.constant(1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('plain' as const),
      producer: fc.nat(2),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
)

/** Plays the broker: a log, and the transactions that were aborted in it; at the end all are ended. */
function play(steps: { what: 'write' | 'commit' | 'abort' | 'plain'; producer: number; count: number }[]): Log {
  const log: Log = { batches: [], aborted: [], committed: new Set(), next: 0 }
  const open = new Map<number, number[]>()
  const put = (attributes: number, producer: number, keys: (Buffer | null)[]): number[] => {
    const offsets = keys.map((_, i) => log.next + i)
    const records = keys.map((key, offsetDelta) => ({
      offsetDelta,
      key,
      value: Buffer.from(`${log.next + offsetDelta}`),
    }))
    log.batches.push({
      firstOffset: BigInt(log.next),
      lastOffsetDelta: keys.length - 1,
      attributes,
      producerId: BigInt(producer),
      records,
    } as unknown as Batch)
    log.next += keys.length
    return offsets
  }
  const end = (producer: number, commit: boolean): void => {
    const offsets = open.get(producer) ?? []
    open.delete(producer)
    const [marker] = put(0x30, producer, [Buffer.from([0, 0, 0, commit ? 1 : 0])])
    if (commit) for (const offset of offsets) log.committed.add(offset)
    else if (offsets.length > 0)
      log.aborted.push({ producerId: BigInt(producer), firstOffset: BigInt(offsets[0]), end: BigInt(marker) })
  }
  for (const { what, producer, count } of steps) {
    const keys = Array.from({ length: count }, () => Buffer.from('k'))
    if (what === 'write') open.set(producer, [...(open.get(producer) ?? []), ...put(0x10, producer, keys)])
    else if (what === 'plain') for (const offset of put(0, -1, keys)) log.committed.add(offset)
    else end(producer, what === 'commit')
  }
  for (const producer of [0, 1, 2]) if (open.has(producer)) end(producer, producer === 1)
  return log
}

/** What a broker answers: whole batches from the one that holds `position`, and the aborted transactions that touch them. */
function fetch({ batches, aborted }: Log, position: number, size: number): Parameters<typeof committedRecords>[0] {
  const from = batches.findIndex(
    ({ firstOffset, lastOffsetDelta }) => Number(firstOffset) + lastOffsetDelta >= position,
  )
  const records = from < 0 ? [] : batches.slice(from, from + size)
  const last = records.at(-1)
  const upTo = last ? last.firstOffset + BigInt(last.lastOffsetDelta) : -1n
  return {
    records,
    abortedTransactions: aborted.filter(one => one.end >= BigInt(position) && one.firstOffset <= upTo).toReversed(),
  }
}

test('exactly the committed records, however transactions interleave and fetches cut them', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      fc.nat(),
      (steps, sizes, start) => {
        const log = play(steps)
        const from = start % (log.next + 1)
        const found: number[] = []
        let position = from
        for (let i = 0; position < log.next; i++) {
          const { records, next } = committedRecords(fetch(log, position, sizes[i % sizes.length]), position)
          expect(next).toBeGreaterThan(position)
          for (const { offset, value } of records) {
            expect(value?.toString()).toBe(`${offset}`)
            found.push(offset)
          }
          position = next
        }
        expect(found).toEqual([...log.committed].filter(offset => offset >= from).toSorted((a, b) => a - b))
      },
    ),
    { numRuns: 500 },
  )
})

test('a fetch without anything leaves the position where it was', () => {
  expect(committedRecords({ records: null, abortedTransactions: null }, 7)).toEqual({ records: [], next: 7 })
})
