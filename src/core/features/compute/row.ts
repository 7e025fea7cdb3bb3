import { features } from '../spec.ts'
import type { History } from '../window/history.ts'
import { computeActivity } from './activity.ts'
import { computeBook } from './book.ts'
import { computeCalendar, computeQuality } from './context.ts'
import { computeRange } from './range.ts'
import { computeTrades } from './trades.ts'
import { computeReturns, computeVolatility, computeVolatilityMemory } from './volatility.ts'

/** Features that are null below the least coverage, grouped by the look-back that is covered. */
const covered = [...Map.groupBy(features.keys(), i => features[i].coverageOf)]
  .filter(([seconds]) => seconds > 0)
  .map(([seconds, places]) => ({ seconds, places: Int32Array.from(places) }))

/**
 * Fills `values` (one place a feature, in the order of the spec, NaN for null) for the second at which `history` stands.
 * @param min share of a look-back that must hold a mid.
 * @returns false, and nothing worth reading in `values`, where there is no mid and so no row.
 */
export function computeRow(history: History, values: Float64Array, min: number): boolean {
  computeVolatility(history, values, min)
  const hasMid = !Number.isNaN(history.column.mid[history.at])
  if (hasMid) {
    computeBook(history, values)
    computeVolatilityMemory(history, values)
    computeReturns(history, values)
    computeActivity(history, values)
    computeRange(history, values)
    computeTrades(history, values)
    computeCalendar(history, values)
    computeQuality(history, values)
    for (const { seconds, places } of covered) {
      if (history.counted('mids', seconds) >= min * seconds) continue
      for (const place of places) values[place] = Number.NaN
    }
  }
  return hasMid
}
