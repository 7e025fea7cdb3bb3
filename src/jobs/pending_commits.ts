import { setImmediate as otherWork } from 'node:timers/promises'
import type { Incoming, Outgoing } from '../streams/port.ts'
import { Wave } from './due_together.ts'

/** What a job makes of one partition of its input. */
export interface PartitionWork {
  job: {
    take(record: Incoming): void
    /** Records that wait to be written. */
    readonly due: readonly Outgoing[]
    /** Does a little of the work that is to come. @returns whether there was any. */
    anticipate?(): boolean
  }
  /** Next record that was not taken in. */
  next: number
}

/** How what is due in a partition is written. */
export interface PartitionCommits<Work> {
  /** Told whenever more is due and still more is awaited: what is due can be sent ahead. */
  prepare(work: Work): void
  /** Commits what is due by now, with its input position. */
  write(work: Work): Promise<void>
}

/** Input that gives nothing to write is committed no more often than so: a transaction for each batch would keep the broker busy with positions. */
const positionsEveryMs = 250
/** Records that may be due in a partition while its last transaction is under way; then nothing more is taken in. */
const mostDue = 4000
/** After so long other work of the process has its turn: what the broker answers, and who asks for its health. */
const longestTurnMs = 10
/** So long, after each batch that leaves nothing to write, work to come is done ahead. */
const aheadMs = 1

/**
 * The transactions of one life, one at a time in each partition. While one is under way more is taken in, and goes into
 * the next one: nothing waits for the transaction of another partition.
 */
export class PendingCommits<Work extends PartitionWork> {
  private readonly work: Map<number, Work>
  private readonly commits: PartitionCommits<Work>
  private readonly transactions: { count: number; seconds: number }
  /** When the first record that no transaction holds yet was taken in. */
  private readonly since = new Map<Work, number>()
  private readonly waves = new Map<Work, Wave>()
  private readonly timers = new Map<Work, NodeJS.Timeout>()
  private readonly underWay = new Map<Work, Promise<void>>()
  private taking = false
  private failure: { error: unknown } | null = null
  private closed = false

  /**
   * @param work by partition.
   * @param transactions how many there were and how long they took, kept up to date.
   */
  constructor(
    work: Map<number, Work>,
    commits: PartitionCommits<Work>,
    transactions: { count: number; seconds: number },
  ) {
    this.work = work
    this.commits = commits
    this.transactions = transactions
  }

  /**
   * Takes records in and begins the transactions of the partitions that have something to write and expect no more of it.
   * @throws SpikeError why a transaction failed that was begun before.
   */
  async take(batch: Incoming[]): Promise<void> {
    const now = performance.now()
    this.taking = true
    try {
      await this.compute(batch, now)
    } finally {
      this.taking = false
    }
    for (const [entry, since] of this.since) {
      if (entry.job.due.length > 0) this.gather(entry)
      else if (now - since >= positionsEveryMs) this.begin(entry)
    }
    if (this.waves.size + this.underWay.size === 0) this.anticipate()
    await Promise.all([...this.underWay].map(([{ job }, ended]) => job.due.length > mostDue && ended))
    this.check()
  }

  /** Commits all that is left. @throws SpikeError as `take`. */
  async rest(): Promise<void> {
    while (this.since.size + this.underWay.size > 0 && this.failure === null && !this.closed) {
      for (const entry of this.since.keys()) this.begin(entry)
      await Promise.all(this.underWay.values())
    }
    this.check()
  }

  /** Begins no more transactions and waits for the end of those under way. */
  async close(): Promise<void> {
    this.closed = true
    for (const timer of this.timers.values()) clearTimeout(timer)
    await Promise.all(this.underWay.values())
  }

  private async compute(batch: Incoming[], now: number): Promise<void> {
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
  }

  private anticipate(): void {
    const until = performance.now() + aheadMs
    for (const { job } of this.work.values()) while (performance.now() < until && job.anticipate?.()) {}
  }

  private check(): void {
    if (this.failure !== null) throw this.failure.error
  }

  private gather(entry: Work): void {
    const now = performance.now()
    let wave = this.waves.get(entry)
    if (wave === undefined) {
      wave = new Wave(now)
      this.waves.set(entry, wave)
    }
    if (wave.note(entry.job.due.length, now) && !this.underWay.has(entry)) this.commits.prepare(entry)
    this.look(entry)
  }

  /** Begins the transaction of a wave that is over; else looks again when it can be. */
  private look(entry: Work): void {
    clearTimeout(this.timers.get(entry))
    const wave = this.waves.get(entry)
    if (wave === undefined || this.taking || this.closed || this.underWay.has(entry)) return
    const left = wave.left(performance.now())
    if (left <= 0 || entry.job.due.length > mostDue) this.begin(entry)
    else
      this.timers.set(
        entry,
        setTimeout(() => this.look(entry), left),
      )
  }

  private begin(entry: Work): void {
    if (this.underWay.has(entry) || this.closed || this.failure !== null) return
    clearTimeout(this.timers.get(entry))
    this.waves.delete(entry)
    const ended = this.commit(entry)
      .catch(error => {
        this.failure ??= { error }
      })
      .finally(() => {
        this.underWay.delete(entry)
        this.look(entry)
      })
    this.underWay.set(entry, ended)
  }

  private async commit(entry: Work): Promise<void> {
    const began = performance.now()
    this.since.delete(entry)
    await this.commits.write(entry)
    this.transactions.count++
    this.transactions.seconds += (performance.now() - began) / 1000
  }
}
