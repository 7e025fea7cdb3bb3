/** Upper ends in seconds: what a commit to a log, a broker or a store takes, or an answer over HTTP. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** How often something took how long. */
export class Durations {
  count = 0
  seconds = 0
  private readonly counts = new Array<number>(bounds.length).fill(0)

  add(seconds: number): void {
    this.count++
    this.seconds += seconds
    const place = bounds.findIndex(bound => seconds <= bound)
    if (place !== -1) this.counts[place]++
  }

  /** How many took at most so many seconds, for each bound and for any time at all. */
  cumulative(): { le: number; count: number }[] {
    let count = 0
    const below = bounds.map((le, place) => {
      count += this.counts[place]
      return { le, count }
    })
    return [...below, { le: Number.POSITIVE_INFINITY, count: this.count }]
  }
}
