/** Below 2^53. */
const wholeNumber = /^[1-9]\d{0,14}$/

/** Which ids stand in a pane. Those of most exchanges count up by one, and a run of these is two numbers. */
export class SeenIds {
  private from = 0
  private to = -1
  private readonly others = new Set<string>()

  /** @returns whether it is new. */
  add(id: string): boolean {
    const number = numberOf(id)
    if (number >= this.from && number <= this.to) return false
    if (number === this.to + 1 && this.to >= 0 && !this.others.has(id)) {
      this.to = number
      return true
    }
    if (this.to < 0 && number >= 0 && this.others.size === 0) {
      this.from = number
      this.to = number
      return true
    }
    if (this.others.has(id)) return false
    this.others.add(id)
    return true
  }
}

/** The whole number that an id is as it is written, -1 for any other. */
function numberOf(id: string): number {
  return wholeNumber.test(id) ? Number(id) : -1
}
