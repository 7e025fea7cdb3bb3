import { Base, type BaseOptions } from '@platformatic/kafka'
import type { Incoming, Position, Reader } from '../port.ts'
import { committedRecords } from './committed_records.ts'
import { mapError } from './errors.ts'
import { fetchPartitions, findLeaders } from './fetch.ts'

/** A new fetch starts while fewer bytes than this wait to be given out: memory is bounded by it and one fetch a broker. */
const highWaterMark = 8 << 20
const fetchWaitMs = 500
/** After a small answer the next fetch waits a little: a broker that is asked for every few records does little else. */
const smallAnswer = 64 << 10
const gatherMs = 4

interface Cursor {
  /** Offset to fetch next. */
  fetch: number
  /** Offset after the last record given out. */
  given: number
  /** Records fetched, not yet given out. */
  waiting: number
  fetching: boolean
}

/**
 * Reads a topic from `from` (one position a partition) outside of any consumer group, committed records only. After
 * an error that can be retried the next `poll` goes on from the same place.
 */
export function openReader(options: BaseOptions, where: string, topic: string, from: Position[]): Reader {
  const client = new Base({ ...options, retries: 0 })
  const cursors = new Map<number, Cursor>()
  for (const { partition, offset } of from)
    cursors.set(partition, { fetch: offset, given: offset, waiting: 0, fetching: false })
  const inFlight = new Set<Promise<void>>()
  let buffer: Incoming[] = []
  let head = 0
  let bytes = 0
  let stale = false
  let starting = false
  /** No fetch begins before this moment of `performance.now()`. */
  let notBefore = 0
  let failure: unknown = null
  let closed = false

  async function fetchOnce(node: number, topicId: string, partitions: number[]): Promise<void> {
    const wanted = new Map(partitions.map(partition => [partition, cursors.get(partition)!.fetch]))
    for (const partition of partitions) cursors.get(partition)!.fetching = true
    try {
      const answers = await fetchPartitions(client, node, topicId, wanted, fetchWaitMs, true)
      const before = bytes
      for (const answer of answers) {
        const partition = answer.partitionIndex
        const cursor = cursors.get(partition)!
        const { records, next } = committedRecords(answer, cursor.fetch)
        for (const { offset, key, value } of records) {
          bytes += value?.length ?? 0
          buffer.push({ topic, partition, offset, key: key?.toString('utf8') ?? '', value: value ?? Buffer.alloc(0) })
        }
        cursor.waiting += records.length
        cursor.fetch = next
      }
      if (bytes > before && bytes - before < smallAnswer) notBefore = performance.now() + gatherMs
    } finally {
      for (const partition of partitions) cursors.get(partition)!.fetching = false
    }
  }

  /** Starts a fetch from each broker that leads partitions which are not being fetched. */
  async function startFetches(): Promise<void> {
    const fresh = stale
    stale = false
    const { topicId, byNode } = await findLeaders(client, topic, fresh)
    for (const [node, partitions] of byNode) {
      const free = partitions.filter(partition => cursors.get(partition)?.fetching === false)
      if (free.length > 0 && !closed) run(fetchOnce(node, topicId, free))
    }
  }

  function run(work: Promise<void>): void {
    const running = work
      .catch(error => {
        stale = true
        failure = error
      })
      .finally(() => inFlight.delete(running))
    inFlight.add(running)
  }

  function keepFetching(now: number): void {
    if (now < notBefore) return
    if (bytes >= highWaterMark || closed || starting || [...cursors.values()].every(({ fetching }) => fetching)) return
    starting = true
    run(startFetches().finally(() => (starting = false)))
  }

  function take(max: number): Incoming[] {
    const records = buffer.slice(head, head + max)
    head += records.length
    if (head === buffer.length) {
      buffer = []
      head = 0
    }
    for (const { partition, offset, value } of records) {
      const cursor = cursors.get(partition)!
      cursor.given = offset + 1
      cursor.waiting -= 1
      bytes -= value.length
    }
    return records
  }

  return {
    async poll(max, waitMs) {
      const until = performance.now() + waitMs
      while (!closed) {
        // One look at the clock: with two, a moment between them leaves neither a fetch under way nor a timer that starts one.
        const now = performance.now()
        keepFetching(now)
        if (buffer.length > 0) return take(max)
        if (failure !== null) {
          const error = failure
          failure = null
          throw mapError(error, where, `topic ${topic}`)
        }
        const left = until - now
        const pause = notBefore > now ? Math.min(left, notBefore - now) : left
        const { promise: over, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, Math.max(0, pause))
        await Promise.race([...inFlight, over])
        clearTimeout(timer)
        if (left <= 0 && buffer.length === 0 && failure === null) return []
      }
      return []
    },
    positions() {
      return [...cursors].map(([partition, { fetch, given, waiting }]) => ({
        topic,
        partition,
        offset: waiting > 0 ? given : fetch,
      }))
    },
    async close() {
      closed = true
      await client.close()
      await Promise.all(inFlight)
    },
  }
}
