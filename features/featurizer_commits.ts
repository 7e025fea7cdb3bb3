import type { Incoming } from '../streams/port.ts'
import { commitJob, type JobsOptions, type PartitionJob } from './featurizer_jobs.ts'
import type { FeaturizerStatus } from './featurizer_status.ts'

/**
 * Input that gives nothing to write is committed no more often than so. A transaction for each batch would keep the broker
 * busy with positions, and a bar that closes would wait for the one under way.
 */
const positionsEveryMs = 100

/** The partitions of one life that have taken in more than is committed. */
export class PendingCommits {
  private readonly options: JobsOptions
  private readonly status: FeaturizerStatus
  /** When the first record that is not committed was taken in. */
  private readonly since = new Map<PartitionJob, number>()

  constructor(options: JobsOptions, status: FeaturizerStatus) {
    this.options = options
    this.status = status
  }

  /** Takes records in and commits the partitions that have something to write, all at once. */
  async take(batch: Incoming[]): Promise<void> {
    const now = performance.now()
    for (const record of batch) {
      const entry = this.status.jobs.get(record.partition)!
      entry.job.take(record)
      entry.next = Math.max(entry.next, record.offset + 1)
      if (!this.since.has(entry)) this.since.set(entry, now)
    }
    await this.commit([...this.since].filter(([{ job }, since]) => job.hasDue || now - since >= positionsEveryMs))
  }

  /** Commits all that is left. */
  rest(): Promise<void> {
    return this.commit([...this.since])
  }

  private async commit(due: [PartitionJob, number][]): Promise<void> {
    await Promise.all(
      due.map(async ([entry]) => {
        const began = performance.now()
        this.since.delete(entry)
        await commitJob(this.options, entry)
        this.status.transactions.count++
        this.status.transactions.seconds += (performance.now() - began) / 1000
      }),
    )
  }
}
