const spanMs = 10_000

/** How many events came in the last ten seconds, in steps of a tenth of a second. */
export class EventRate {
  private readonly steps = new Float64Array(100)
  private step = 0
  private began: number | null = null

  /** @param now milliseconds of a clock that never goes back. */
  count(now: number): void {
    this.goTo(now)
    this.steps[this.step % 100]++
  }

  /** Events a second; null before there was any. */
  perSecond(now: number): number | null {
    if (this.began === null) return null
    this.goTo(now)
    const span = Math.min(spanMs, Math.max(1000, now - this.began))
    return (1000 * this.steps.reduce((sum, one) => sum + one, 0)) / span
  }

  private goTo(now: number): void {
    const step = Math.floor(now / (spanMs / 100))
    if (this.began === null) {
      this.began = now
      this.step = step
    }
    for (let one = Math.max(this.step + 1, step - 99); one <= step; one++) this.steps[one % 100] = 0
    this.step = Math.max(this.step, step)
  }
}
