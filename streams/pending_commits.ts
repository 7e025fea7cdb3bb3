import { setImmediate as otherWork } from 'node:timers/promises'
import type { Incoming } from './port.ts'

/** What a job makes of one partition of its input. */
export interface PartitionWork {
  job: {
    take(record: Incoming): void
    /** How many records wait to be written. */
    readonly due: number
  }
  /** Next record that was not taken in. */
  next: number
}

/** Input that gives nothing to write is committed no more often than so: a transaction for each batch would keep the broker busy with positions. */
const positionsEveryMs = 250
/** Records that may be due in a partition while its last transaction is under way; then nothing more is taken in. */
const mostDue = 4000
/** After so long other work of the process has its turn: who asks for its health waits no longer. */
const longestTurnMs = 50

/**
 * The transactions of one life, one at a time in each partition. While one is under way more is taken in, and goes into
 * the next one: nothing waits for the transaction of another partition.
 */
export class PendingCommits<Work extends PartitionWork> {
  private readonly work: Map<number, Work>
  private readonly write: (work: Work) => Promise<void>
  private readonly transactions: { count: number; seconds: number }
  /** When the first record that no transaction holds yet was taken in. */
  private readonly since = new Map<Work, number>()
  private readonly underWay = new Map<Work, Promise<void>>()
  private failure: { error: unknown } | null = null
  private closed = false

  /**
   * @param work by partition.
   * @param write commits what is due in a partition, with its input position.
   * @param transactions how many there were and how long they took, kept up to date.
   */
  constructor(
    work: Map<number, Work>,
    write: (work: Work) => Promise<void>,
    transactions: { count: number; seconds: number },
  ) {
    this.work = work
    this.write = write
    this.transactions = transactions
  }

  /**
   * Takes records in and begins the transactions of the partitions that have something to write.
   * @throws SpikeError why a transaction failed that was begun before.
   */
  async take(batch: Incoming[]): Promise<void> {
    const now = performance.now()
    let turn = now
    for (const record of batch) {
      if (performance.now() - turn > longestTurnMs) {
        await otherWork()
        turn = performance.now()
      }
      const entry = this.work.get(record.partition)!
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

  private begin(entry: Work): void {
    if (this.underWay.has(entry)) return
    const ended = this.commit(entry)
      .catch(error => {
        this.failure ??= { error }
      })
      .finally(() => this.underWay.delete(entry))
    this.underWay.set(entry, ended)
  }

  /** Commits until nothing is due. */
  private async commit(entry: Work): Promise<void> {
    do {
      const began = performance.now()
      this.since.delete(entry)
      await this.write(entry)
      this.transactions.count++
      this.transactions.seconds += (performance.now() - began) / 1000
    } while (entry.job.due > 0 && !this.closed && this.failure === null)
  }
}
