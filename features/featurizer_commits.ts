import type { Incoming } from '../streams/port.ts'
import { commitJob, type JobsOptions, type PartitionJob } from './featurizer_jobs.ts'
import type { FeaturizerStatus } from './featurizer_status.ts'

/** Input that gives nothing to write is committed no more often than so: a transaction for each batch would keep the broker busy with positions. */
const positionsEveryMs = 250
/** Records that may be due in a partition while its last transaction is under way; then nothing more is taken in. */
const mostDue = 4000

/**
 * The transactions of one life, one at a time in each partition. While one is under way more is taken in, and goes into
 * the next one: nothing waits for the transaction of another partition.
 */
export class PendingCommits {
  private readonly options: JobsOptions
  private readonly status: FeaturizerStatus
  /** When the first record that no transaction holds yet was taken in. */
  private readonly since = new Map<PartitionJob, number>()
  private readonly underWay = new Map<PartitionJob, Promise<void>>()
  private failure: { error: unknown } | null = null
  private closed = false

  constructor(options: JobsOptions, status: FeaturizerStatus) {
    this.options = options
    this.status = status
  }

  /**
   * Takes records in and begins the transactions of the partitions that have something to write.
   * @throws SpikeError why a transaction failed that was begun before.
   */
  async take(batch: Incoming[]): Promise<void> {
    const now = performance.now()
    for (const record of batch) {
      const entry = this.status.jobs.get(record.partition)!
      entry.job.take(record)
      entry.next = Math.max(entry.next, record.offset + 1)
      if (!this.since.has(entry)) this.since.set(entry, now)
    }
    for (const [entry, since] of this.since) if (entry.job.due > 0 || now - since >= positionsEveryMs) this.begin(entry)
    await Promise.all([...this.underWay].map(([{ job }, ended]) => job.due > mostDue && ended))
    this.check()
  }

  /** Commits all that is left. @throws SpikeError as `take`. */
  async rest(): Promise<void> {
    while (this.since.size + this.underWay.size > 0 && this.failure === null) {
      for (const entry of this.since.keys()) this.begin(entry)
      await Promise.all(this.underWay.values())
    }
    this.check()
  }

  /** Begins no more transactions and waits for the end of those under way. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.all(this.underWay.values())
  }

  private check(): void {
    if (this.failure !== null) throw this.failure.error
  }

  private begin(entry: PartitionJob): void {
    if (this.underWay.has(entry)) return
    const ended = this.commit(entry)
      .catch(error => {
        this.failure ??= { error }
      })
      .finally(() => this.underWay.delete(entry))
    this.underWay.set(entry, ended)
  }

  /** Commits until nothing is due. */
  private async commit(entry: PartitionJob): Promise<void> {
    do {
      const began = performance.now()
      this.since.delete(entry)
      await commitJob(this.options, entry)
      this.status.transactions.count++
      this.status.transactions.seconds += (performance.now() - began) / 1000
    } while (entry.job.due > 0 && !this.closed && this.failure === null)
  }
}
