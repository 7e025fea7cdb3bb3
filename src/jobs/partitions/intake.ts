import { setImmediate as otherWork } from 'node:timers/promises'
import type { Incoming } from '../../streams/port.ts'
import type { JobStatus } from '../status.ts'
import { PartitionCommits, type Writing } from './partition_commits.ts'
import type { RecordTimes } from './record_times.ts'

/** A partition that records are taken in for. */
export interface Taking extends Writing {
  take(record: Incoming): void
  /** Does a little of the work that is to come. @returns whether there was any. */
  anticipate(): boolean
}

/** After so long other work of the process has its turn: what the broker answers, and who asks for its health. */
const longestTurnMs = 10
/** So long, after each batch that leaves nothing to write, work to come is done ahead. */
const aheadMs = 1

/** Takes records into the partitions of one life, and lets their transactions begin; none waits for that of another partition. */
export class Intake {
  private readonly partitions: ReadonlyMap<number, Taking>
  private readonly commits: ReadonlyMap<number, PartitionCommits>
  private readonly times: RecordTimes

  constructor(
    partitions: ReadonlyMap<number, Taking>,
    { transactions, times }: Pick<JobStatus, 'transactions' | 'times'>,
  ) {
    this.partitions = partitions
    this.times = times
    this.commits = new Map([...partitions].map(([number, one]) => [number, new PartitionCommits(one, transactions)]))
  }

  /**
   * Takes records in and begins the transactions of the partitions that have something to write and expect no more of it.
   * @throws SpikeError why a transaction failed that was begun before.
   */
  async take(batch: Incoming[]): Promise<void> {
    const now = performance.now()
    const all = [...this.commits.values()]
    for (const commits of all) commits.beginBatch()
    try {
      await this.compute(batch, now)
    } finally {
      for (const commits of all) commits.endBatch(now)
    }
    if (all.every(({ quiet }) => quiet)) this.anticipate()
    await Promise.all(all.map(commits => commits.room()))
  }

  /** Commits all that is left. @throws SpikeError as `take`. */
  async rest(): Promise<void> {
    await Promise.all([...this.commits.values()].map(commits => commits.rest()))
  }

  /** Begins no more transactions and waits for the end of those under way. */
  async close(): Promise<void> {
    await Promise.all([...this.commits.values()].map(commits => commits.close()))
  }

  private async compute(batch: Incoming[], now: number): Promise<void> {
    let turn = now
    let began = now
    for (const record of batch) {
      if (began - turn > longestTurnMs) {
        await otherWork()
        turn = performance.now()
        began = turn
      }
      this.partitions.get(record.partition)!.take(record)
      this.commits.get(record.partition)!.noteTaken(now)
      const ended = performance.now()
      this.times.note((ended - began) / 1000)
      began = ended
    }
  }

  private anticipate(): void {
    const until = performance.now() + aheadMs
    for (const partition of this.partitions.values()) while (performance.now() < until && partition.anticipate()) {}
  }
}
