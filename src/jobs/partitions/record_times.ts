import { percentileOfSorted, sortedWithoutNull } from '../../core/math/percentile.ts'

/** Records whose time is remembered. */
export const rememberedTimes = 20_000

/** How long records take, from their bytes to the bytes of what comes of them, without the broker. */
export class RecordTimes {
  /** Seconds that all took. */
  seconds = 0
  private readonly latest = new Float64Array(rememberedTimes).fill(Number.NaN)
  private records = 0

  note(seconds: number): void {
    this.latest[this.records++ % rememberedTimes] = seconds
    this.seconds += seconds
  }

  /** Percentiles (0 to 100) of the seconds that a record took, over the latest; NaN before the first. */
  percentiles(percents: number[]): number[] {
    const sorted = sortedWithoutNull(this.latest)
    return percents.map(percent => percentileOfSorted(sorted, percent))
  }
}
