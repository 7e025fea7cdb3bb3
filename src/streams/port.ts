/** The one small port behind which topics live: Kafka (`streams/kafka/`) and an embedded log on SQLite (`streams/embedded/`). */

export interface TopicSpec {
  name: string
  partitions: number
  /** Of each key only the newest record is kept, and that one for good. A topic that is there already is made so. */
  compacted?: boolean
}

/** A topic as its engine knows it. */
export interface TopicFacts {
  name: string
  partitions: number
  /** Another one after the topic was deleted and made anew. */
  id: string
}

/** A record to be written; its key chooses the partition, the same on every engine (Kafka's murmur2). */
export interface Outgoing {
  topic: string
  key: string
  value: Uint8Array | string
}

export interface Incoming {
  topic: string
  partition: number
  offset: number
  key: string
  value: Buffer
}

/** Where to go on reading: `offset` is the next record to be read. */
export interface Position {
  topic: string
  partition: number
  offset: number
}

/** All of it becomes readable, or none of it. */
export interface Transaction {
  records: Outgoing[]
  /** Input positions that become committed for `group` together with the records. */
  group?: string
  positions?: Position[]
}

/** What proves that a writer had its id; good for as long as no newer writer took it. */
export interface Claim {
  epoch: number
  /** Kafka's number for the id. */
  producerId?: bigint
}

/** What the next transaction begins with, and where else it will write to. */
export interface Coming {
  /** The first of its records: the same objects in the same order. More may be put behind them. */
  records: readonly Outgoing[]
  /** Places of records that are not made yet. */
  also?: readonly Pick<Outgoing, 'topic' | 'key'>[]
  group?: string
}

export interface Writer {
  /**
   * Sends beforehand what the next commit begins with; nobody reads it before. Can be called again as more is made. What goes
   * wrong with it the commit says; one of other records commits those alone.
   */
  prepare(coming: Coming): void
  /**
   * Commits records and positions together. One call at a time; a second one waits for the first.
   * @returns where each partition that was written ends now (the next free offset), as positions.
   * @throws SpikeError WRITER_FENCED when another writer took this id. BROKER_UNAVAILABLE (retriable): whether it was
   * committed may be unknown; commit the same object again, which finds out and writes it once, or open everything anew
   * and ask what was committed.
   */
  commit(transaction: Transaction): Promise<Position[]>
  /** For opening the id again, also after this writer was closed or failed. */
  claim(): Claim
  close(): Promise<void>
}

export interface Reader {
  /** The next committed records, at most `max`, in offset order within a partition; empty after `waitMs` without any. */
  poll(max: number, waitMs: number): Promise<Incoming[]>
  /**
   * Where the reader goes on, one position a partition: past all that `poll` gave out and past what nobody is given
   * (Kafka's markers, aborted records). A topic is read up to `ends` when these have reached it; the offset of the last
   * record may never do so.
   */
  positions(): Position[]
  close(): Promise<void>
}

/**
 * Topics on some engine, as `openStreams` opens them. All engines pass `test/streams/conformance.test.ts`.
 * @throws SpikeError from every call: BROKER_UNAVAILABLE, which can be retried; BROKER_REFUSED, TOPIC_UNKNOWN, LOG_CORRUPT, which cannot.
 * @example
 * const streams = await openStreams('kafka://127.0.0.1:9092')
 * await streams.createTopics([{ name: 'doubled', partitions: 2 }])
 * const writer = await streams.writer('doubler')
 * const reader = await streams.reader('numbers', await streams.committed('doubler', 'numbers'))
 * const batch = await reader.poll(1000, 200)
 * await writer.commit({
 *   records: batch.map(({ key, value }) => ({ topic: 'doubled', key, value: `${2 * Number(value)}` })),
 *   ...{ group: 'doubler', positions: reader.positions() },
 * })
 */
export interface Streams {
  /**
   * Creates the topics that are missing. @throws SpikeError TOPIC_MISMATCH when one exists with another number of partitions,
   * or one name is given twice.
   */
  createTopics(topics: TopicSpec[]): Promise<void>
  /** What the engine knows of topics now, in their order. @throws SpikeError TOPIC_UNKNOWN when one is not there. */
  topics(names: string[]): Promise<TopicFacts[]>
  /**
   * Opens a transactional writer; an earlier writer of the same id is fenced and its open transaction aborted.
   * @param claim of the writer that this one succeeds: then a newer one than that is not fenced, but
   * @throws SpikeError WRITER_FENCED.
   */
  writer(id: string, claim?: Claim): Promise<Writer>
  /**
   * Reads committed records of `topic`: from its beginning, or from `start` where a partition is named there.
   * @param partitions which to read; all when absent.
   */
  reader(topic: string, start?: Position[], partitions?: number[]): Promise<Reader>
  /**
   * Committed positions of a group on a topic; a partition without one is absent.
   * @param partitions which to ask for; all when absent. One whose position is in an open transaction is waited for.
   */
  committed(group: string, topic: string, partitions?: number[]): Promise<Position[]>
  /** End of each partition as a read_committed reader sees it. */
  ends(topic: string): Promise<Position[]>
  /**
   * The newest committed record of each key; a key that was never written is absent. Open transactions of others hide
   * nothing: what a writer has committed is found by the writer that succeeds it.
   */
  newest(topic: string, keys: string[]): Promise<Map<string, Buffer>>
  close(): Promise<void>
}
