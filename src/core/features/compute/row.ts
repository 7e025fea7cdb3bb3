import { groupIndices } from '../../math/group_indices.ts'
import { featureGroups, featureIndex, features } from '../spec.ts'
import type { History } from '../window/history.ts'

/** Features that are null below the least coverage, grouped by the look-back that is covered; one of 0 s always is. */
const covered = [...groupIndices(features.length, i => features[i].coverageOf)].map(([seconds, places]) => ({
  seconds,
  places: Int32Array.from(places),
}))

/** All features of a second, from the history that stands at it. */
export class RowComputer {
  private readonly history: History
  private readonly minCoverage: number
  private readonly everySecond: ((values: Float64Array) => void)[] = []
  private readonly rowsOnly: ((values: Float64Array) => void)[] = []

  /** @param history still empty. @param minCoverage share of a look-back that must hold a mid. */
  constructor(history: History, minCoverage: number) {
    this.history = history
    this.minCoverage = minCoverage
    for (const group of featureGroups)
      (group.everySecond ? this.everySecond : this.rowsOnly).push(group.prepare(history, featureIndex, minCoverage))
  }

  /**
   * Fills `values`, one place a feature in the order of the spec, NaN for null.
   * @returns false, and nothing worth reading in `values`, where there is no mid and so no row.
   */
  compute(values: Float64Array): boolean {
    const { history } = this
    for (const compute of this.everySecond) compute(values)
    if (Number.isNaN(history.column.mid[history.at])) return false
    for (const compute of this.rowsOnly) compute(values)
    for (const { seconds, places } of covered) {
      if (history.counted('mids', seconds) >= this.minCoverage * seconds) continue
      for (const place of places) values[place] = Number.NaN
    }
    return true
  }
}
