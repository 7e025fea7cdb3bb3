import type { Durations } from '../../operations/durations.ts'
import { DueTogether } from './due_together.ts'

/** What is to be written of one partition. */
export interface Writing {
  readonly due: readonly unknown[]
  /** Told whenever more is due and still more is awaited: what is due can be sent ahead. */
  prepare(): void
  /** Commits what is due by now, with the positions of the inputs. */
  commit(): Promise<void>
}

/** Input that gives nothing to write is committed no more often than so: a transaction for each batch would keep the broker busy with positions. */
const positionsEveryMs = 250
/** Records that may be due while the last transaction is under way; then nothing more is taken in. */
const mostDue = 4000

/**
 * When the transactions of one partition begin in one life: one at a time, each when what comes due together is all there.
 * While one is under way more is taken in, and goes into the next one.
 */
export class PartitionCommits {
  private readonly writing: Writing
  private readonly transactions: Durations
  /** When the first record that no transaction holds yet was taken in. */
  private since: number | null = null
  private gathering: DueTogether | null = null
  private timer: NodeJS.Timeout | undefined
  private underWay: Promise<void> | null = null
  private taking = false
  private closed = false
  private failure: { error: unknown } | null = null

  /** @param transactions how many there were and how many seconds they took, kept up to date. */
  constructor(writing: Writing, transactions: Durations) {
    this.writing = writing
    this.transactions = transactions
  }

  /** Records of a batch are about to be taken in: until `endBatch` no transaction begins. */
  beginBatch(): void {
    this.taking = true
  }

  /** A record was taken in. @param now in milliseconds of `performance.now()`. */
  noteTaken(now: number): void {
    this.since ??= now
  }

  /** Begins a transaction if there is something to write and no more of it is expected. */
  endBatch(now: number): void {
    this.taking = false
    if (this.since === null) return
    if (this.writing.due.length > 0) this.gather()
    else if (now - this.since >= positionsEveryMs) this.begin()
  }

  /** Whether nothing waits to be written and nothing is being written. */
  get quiet(): boolean {
    return this.gathering === null && this.underWay === null
  }

  /** Waits while too much is due. @throws why a transaction failed. */
  async room(): Promise<void> {
    if (this.writing.due.length > mostDue) await this.underWay
    if (this.failure !== null) throw this.failure.error
  }

  /** Commits all that is left. @throws as `room`. */
  async rest(): Promise<void> {
    while ((this.since !== null || this.underWay !== null) && this.failure === null && !this.closed) {
      this.begin()
      await this.underWay
    }
    await this.room()
  }

  /** Begins no more transactions and waits for the end of the one under way. */
  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.timer)
    await this.underWay
  }

  private gather(): void {
    const now = performance.now()
    this.gathering ??= new DueTogether(now)
    if (this.gathering.note(this.writing.due.length, now) && this.underWay === null) this.writing.prepare()
    this.look()
  }

  /** Begins the transaction of what came due together; where more may come, looks again when it is over. */
  private look(): void {
    clearTimeout(this.timer)
    if (this.gathering === null || this.taking || this.closed || this.underWay !== null) return
    const left = this.gathering.msLeft(performance.now())
    if (left <= 0 || this.writing.due.length > mostDue) this.begin()
    else this.timer = setTimeout(() => this.look(), left)
  }

  private begin(): void {
    if (this.underWay !== null || this.closed || this.failure !== null) return
    clearTimeout(this.timer)
    this.gathering = null
    this.underWay = this.commit()
      .catch(error => {
        this.failure = { error }
      })
      .finally(() => {
        this.underWay = null
        this.look()
      })
  }

  private async commit(): Promise<void> {
    const began = performance.now()
    this.since = null
    await this.writing.commit()
    this.transactions.add((performance.now() - began) / 1000)
  }
}
