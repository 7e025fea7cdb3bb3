/** It is over when nothing more became due for so long: about the time from one fetch to the next. */
const quietMs = 4
/** Nor does it last longer, where something is due all the time. */
const longestMs = 20

/**
 * Records that become due together, as the bars of all products do: one clock closes them. Written together they cost one
 * transaction instead of several, and none waits for the one before.
 */
export class DueTogether {
  private readonly began: number
  private grew: number
  private due = 0

  /** @param now in milliseconds from any start. */
  constructor(now: number) {
    this.began = now
    this.grew = now
  }

  /** @param due how many records are due now. @returns whether they are more than before. */
  note(due: number, now: number): boolean {
    const grows = due > this.due
    if (grows) this.grew = now
    this.due = due
    return grows
  }

  /** Milliseconds until it is over, if nothing more becomes due. */
  msLeft(now: number): number {
    return Math.min(this.grew + quietMs, this.began + longestMs) - now
  }
}
