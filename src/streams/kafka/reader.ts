import { Base, type BaseOptions } from '@platformatic/kafka'
import type { Incoming, Position, Reader } from '../port.ts'
import { committedRecords, type FetchedPartition } from './committed_records.ts'
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
export class KafkaReader implements Reader {
  private readonly client: Base
  private readonly where: string
  private readonly topic: string
  private readonly cursors = new Map<number, Cursor>()
  private readonly inFlight = new Set<Promise<void>>()
  private buffer: Incoming[] = []
  /** The buffer's first record that was not given out, and the bytes of all from there on. */
  private head = 0
  private bytes = 0
  /** Whether who leads the partitions has to be asked anew. */
  private stale = false
  private starting = false
  /** No fetch begins before this moment of `performance.now()`. */
  private notBefore = 0
  private failure: { error: unknown } | null = null
  private closed = false

  /** @param where the broker's addresses, for errors. */
  constructor(options: BaseOptions, where: string, topic: string, from: Position[]) {
    this.client = new Base({ ...options, retries: 0 })
    this.where = where
    this.topic = topic
    for (const { partition, offset } of from)
      this.cursors.set(partition, { fetch: offset, given: offset, waiting: 0, fetching: false })
  }

  async poll(max: number, waitMs: number): Promise<Incoming[]> {
    const until = performance.now() + waitMs
    while (!this.closed) {
      // One look at the clock: with two, a moment between them leaves neither a fetch under way nor a timer that starts one.
      const now = performance.now()
      this.keepFetching(now)
      if (this.buffer.length > 0) return this.take(max)
      if (this.failure !== null) {
        const { error } = this.failure
        this.failure = null
        throw mapError(error, this.where, `topic ${this.topic}`)
      }
      const left = until - now
      await this.arrival(this.notBefore > now ? Math.min(left, this.notBefore - now) : left)
      if (left <= 0 && this.buffer.length === 0 && this.failure === null) return []
    }
    return []
  }

  positions(): Position[] {
    return [...this.cursors].map(([partition, { fetch, given, waiting }]) => ({
      topic: this.topic,
      partition,
      offset: waiting > 0 ? given : fetch,
    }))
  }

  async close(): Promise<void> {
    this.closed = true
    await this.client.close()
    await Promise.all(this.inFlight)
  }

  /** Waits for the end of a fetch, at most so long. */
  private async arrival(milliseconds: number): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.max(0, milliseconds))
    await Promise.race([...this.inFlight, over])
    clearTimeout(timer)
  }

  private keepFetching(now: number): void {
    if (now < this.notBefore || this.bytes >= highWaterMark || this.closed || this.starting) return
    if ([...this.cursors.values()].every(({ fetching }) => fetching)) return
    this.starting = true
    this.run(this.startFetches().finally(() => (this.starting = false)))
  }

  /** Starts a fetch from each broker that leads partitions which are not being fetched. */
  private async startFetches(): Promise<void> {
    const fresh = this.stale
    this.stale = false
    const { topicId, byNode } = await findLeaders(this.client, this.topic, fresh)
    for (const [node, partitions] of byNode) {
      const free = partitions.filter(partition => this.cursors.get(partition)?.fetching === false)
      if (free.length > 0 && !this.closed) this.run(this.fetchOnce(node, topicId, free))
    }
  }

  private run(work: Promise<void>): void {
    const running = work
      .catch(error => {
        this.stale = true
        this.failure = { error }
      })
      .finally(() => this.inFlight.delete(running))
    this.inFlight.add(running)
  }

  private async fetchOnce(node: number, topicId: string, partitions: number[]): Promise<void> {
    const cursors = partitions.map(partition => this.cursors.get(partition)!)
    const wanted = new Map(partitions.map((partition, i) => [partition, cursors[i].fetch]))
    for (const cursor of cursors) cursor.fetching = true
    try {
      const answers = await fetchPartitions(this.client, node, topicId, wanted, fetchWaitMs, true)
      const before = this.bytes
      for (const answer of answers) this.put(answer)
      if (this.bytes > before && this.bytes - before < smallAnswer) this.notBefore = performance.now() + gatherMs
    } finally {
      for (const cursor of cursors) cursor.fetching = false
    }
  }

  private put(answer: FetchedPartition): void {
    const { topic } = this
    const { partitionIndex: partition } = answer
    const cursor = this.cursors.get(partition)!
    const { records, next } = committedRecords(answer, cursor.fetch)
    for (const { offset, key, value } of records) {
      this.bytes += value?.length ?? 0
      this.buffer.push({ topic, partition, offset, key: key?.toString('utf8') ?? '', value: value ?? Buffer.alloc(0) })
    }
    cursor.waiting += records.length
    cursor.fetch = next
  }

  private take(max: number): Incoming[] {
    const records = this.buffer.slice(this.head, this.head + max)
    this.head += records.length
    if (this.head === this.buffer.length) {
      this.buffer = []
      this.head = 0
    }
    for (const { partition, offset, value } of records) {
      const cursor = this.cursors.get(partition)!
      cursor.given = offset + 1
      cursor.waiting -= 1
      this.bytes -= value.length
    }
    return records
  }
}
