import type { FeatureTable } from '../../features/table.ts'
import { square } from '../../math/numeric.ts'
import { type AuditCheck, verdictOf } from './check.ts'

/** A column that follows the next minute's volatility by so much … */
const strong = 0.5
/** … and by so much more than the last minute's knows the next one. */
const margin = 0.2
/** Rows are taken so far apart; fewer of them than this say nothing. */
const apart_s = 15
const leastRows = 240

/**
 * Rank correlation of every column with the volatility of the minute after T, against that with the minute before T. What is
 * made of the past follows the past at least as well: a column that follows the future better was taken from it.
 */
export function checkLead(table: FeatureTable): AuditCheck {
  const name = 'lead'
  const faults: string[] = []
  let nearest = { gap: Number.NEGATIVE_INFINITY, text: '' }
  let looked = 0
  for (const product of new Set(table.product)) {
    const rows = sampleOf(table, product)
    if (rows.length < leastRows) continue
    looked++
    const take = (column: Float64Array): Float64Array => Float64Array.from(rows, row => column[row])
    const past = take(table.columns.volatility_60s)
    const future = take(table.sigma_future)
    for (const [column, values] of Object.entries(table.columns)) {
      const own = take(values)
      const after = Math.abs(rankCorrelation(own, future))
      const before = Math.abs(rankCorrelation(own, past))
      const gap = after - before
      const text = `${column} of ${product} ${after.toFixed(2)} with the minute after, ${before.toFixed(2)} with the one before`
      if (after > strong && gap > margin) faults.push(text)
      if (after > strong && gap > nearest.gap) nearest = { gap, text }
    }
  }
  if (looked === 0) return { name, verdict: 'warning', detail: 'too few rows to see whether a column leads volatility' }
  return verdictOf(
    name,
    faults.map(text => `rank correlation of ${text}: it knows the future`),
    `no column follows the next minute's volatility better than the last one's; nearest: ${nearest.text || 'none follows it at all'}`,
  )
}

/** Rows of a product with both minutes known, at least 15 s apart. */
function sampleOf({ rows, product, time, columns, sigma_future }: FeatureTable, name: string): number[] {
  const taken: number[] = []
  let last = Number.NEGATIVE_INFINITY
  for (let row = 0; row < rows; row++) {
    if (product[row] !== name || time[row] - last < apart_s * 1e6) continue
    if (Number.isNaN(sigma_future[row]) || Number.isNaN(columns.volatility_60s[row])) continue
    taken.push(row)
    last = time[row]
  }
  return taken
}

/** Spearman's, over the pairs without null; 0 for a constant or too few. */
function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const kept = Array.from(a.keys()).filter(i => !Number.isNaN(a[i]) && !Number.isNaN(b[i]))
  if (kept.length < leastRows) return 0
  const [x, y] = [a, b].map(values => ranksOf(Float64Array.from(kept, i => values[i])))
  const mean = (kept.length + 1) / 2
  let xy = 0
  let xx = 0
  let yy = 0
  for (let i = 0; i < kept.length; i++) {
    xy += (x[i] - mean) * (y[i] - mean)
    xx += square(x[i] - mean)
    yy += square(y[i] - mean)
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy)
}

/** Ranks from 1, ties at their mean. */
function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b])
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && values[order[to]] === values[order[from]]) to++
    for (let i = from; i < to; i++) ranks[order[i]] = (from + to + 1) / 2
    from = to
  }
  return ranks
}
