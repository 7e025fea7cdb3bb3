const [looked, aboveMs, pauseMs] = [10, 100, 500]
/** A write of more records than so many takes longer for that alone. */
const recordsOfWrite = 1000

/** Holds back from a store that is slow: where the mean of the last ten writes is above 100 ms, half a second passes before the next. */
export class SlowStore {
  private latest: number[] = []

  /** @param ms that a write of so many records took. @returns milliseconds to wait before the next one. */
  note(ms: number, records: number): number {
    this.latest.push(ms / Math.max(1, records / recordsOfWrite))
    if (this.latest.length > looked) this.latest.shift()
    const mean = this.latest.reduce((sum, one) => sum + one, 0) / this.latest.length
    return this.latest.length === looked && mean > aboveMs ? pauseMs : 0
  }
}
