import type { Incoming, Outgoing } from '../../streams/port.ts'

/** What the next life of a work needs to go on where this one stood. */
export interface WorkState {
  /** What JSON can hold; small, since it is written with each transaction. */
  memory: object | null
  /** By input topic: offset of the record from which the next life takes in again what is still open. None when absent. */
  from?: Record<string, number>
  /** By output topic: offset from which the next life sees its own records again, by `recall`. None when absent. */
  recall?: Record<string, number>
}

/**
 * What a job makes of one partition of its input: records in, records out, and a state from which another one goes on with the
 * same records. Pure: it knows no clock and no broker; the same records in the same order give the same records.
 * `runPartitions` runs it, `test/jobs/conformance.test.ts` holds every one of them to this contract.
 * @example
 * class Doubler implements PartitionWork {
 *   readonly due: Outgoing[] = []
 *   take({ key, value }: Incoming, again: boolean): void {
 *     if (!again) this.due.push({ topic: 'doubled', key, value: `${2 * Number(value)}` })
 *   }
 * }
 */
export interface PartitionWork {
  /**
   * Takes in one record of an input. Those of one topic come in offset order; how those of several topics mix is not known.
   * @param again it was taken in before the state that this work goes on from: it fills what is open, and whatever came of
   * such records alone is written already.
   */
  take(record: Incoming, again: boolean): void
  /**
   * The records that wait to be written, in their order. The work only puts more behind them: they can be sent ahead of their
   * transaction. Whoever runs it takes all of them out when the transaction begins.
   */
  readonly due: Outgoing[]
  /**
   * Where it stands after all records taken. Absent where nothing is remembered.
   * @param ends by topic of `PartitionJob.recalls`: the next free offset before the records that were taken out last are written.
   */
  state?(ends: ReadonlyMap<string, number>): WorkState
  /**
   * Takes in one of its own records again, those that its former state named, in offset order, before `restore`.
   * @returns whether it is one: others may have written there too.
   */
  recall?(record: Incoming): boolean
  /** Goes on where a former one stood. @param memory as that one's state gave it, through JSON. */
  restore?(memory: object | null): void
  /** Does a little of the work that is to come, without any effect that can be seen. @returns whether there was any. */
  anticipate?(): boolean
}
