/** When each product was above last, in seconds. Plain JSON. */
export type LatchState = Record<string, number>

/** Lets one alert of a rule through for each product, and the next one after it was below for long enough. */
export class Latch {
  private readonly above = new Map<string, number>()
  private readonly rearm: number

  /** @param rearm_s seconds. */
  constructor(rearm_s: number) {
    this.rearm = rearm_s
  }

  /** Notes that a product is above at a time, in seconds; an earlier one than before tells nothing new. @returns whether that is an alert. */
  note(product: string, time: number): boolean {
    const last = this.above.get(product)
    if (last !== undefined && time <= last) return false
    this.above.set(product, time)
    return last === undefined || time - last > this.rearm
  }

  state(): LatchState {
    return Object.fromEntries(this.above)
  }

  restore(state: LatchState): void {
    for (const [product, time] of Object.entries(state)) this.above.set(product, time)
  }
}
