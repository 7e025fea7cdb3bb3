import type { FeatureTable } from '../../core/features/table.ts'
import { isoTime } from '../../core/math/time.ts'
import { coveredSeconds, findProducts, findSessions, groupByBlock } from './stretches.ts'

/** One session of one product. Shares are of its seconds. */
export interface SessionCoverage {
  product: string
  from: string
  to: string
  seconds: number
  /** Seconds with a mid, and with the sigma_future that a label needs. */
  with_mid: number
  labelled: number
  /** Seconds whose mid was carried from an earlier one. */
  carried: number
  /** Gaps in the feed that the rows tell of. */
  gaps: number
  /** Longest stretch without a row, seconds. */
  longest_hole: number
}

/** Shares of the seconds of a block of time. */
export interface BlockCoverage {
  product: string
  /** Start of the block. */
  time: string
  without_mid: number
  carried: number
  unlabelled: number
}

export interface NullShare {
  product: string
  feature: string
  share: number
}

/** Coverage of each session. */
export function describeSessions(
  table: FeatureTable,
  time: { session_reset_s: number; carry_s: number },
): SessionCoverage[] {
  return findSessions(table, time).map(({ product, from, to }) => {
    const seconds = Math.round((table.time[to - 1] - table.time[from]) / 1e6) + 1
    const gapEnds = new Set<number>()
    let carried = 0
    let labelled = 0
    let longest = 0
    for (let row = from; row < to; row++) {
      if (table.columns.mid_age[row] > 0) carried++
      if (!Number.isNaN(table.sigma_future[row])) labelled++
      if (row > from) longest = Math.max(longest, Math.round((table.time[row] - table.time[row - 1]) / 1e6) - 1)
      const since = table.columns.since_gap[row]
      if (!Number.isNaN(since)) gapEnds.add(Math.round((table.time[row] / 1e6 - since) * 1000))
    }
    return {
      product,
      from: isoTime(table.time[from]),
      to: isoTime(table.time[to - 1]),
      seconds,
      with_mid: (to - from) / seconds,
      labelled: labelled / seconds,
      carried: carried / seconds,
      gaps: gapEnds.size,
      longest_hole: longest,
    }
  })
}

/** Coverage over time, in whole blocks of at least a minute so that about 120 of them hold a product. */
export function coverByBlock(
  table: FeatureTable,
  time: { session_reset_s: number; carry_s: number },
): { block_s: number; blocks: BlockCoverage[] } {
  const block_s = [60, 120, 300, 600, 1200].find(s => coveredSeconds(table) / s <= 120) ?? 3600
  const blocks = findSessions(table, time).flatMap(({ product, from, to }) => {
    const rows = Array.from({ length: to - from }, (_, i) => from + i)
    const groups = groupByBlock(table, rows, block_s)
    const first = table.time[from] / 1e6
    const last = table.time[to - 1] / 1e6
    const numbers = Array.from(
      { length: Math.floor(last / block_s) - Math.floor(first / block_s) + 1 },
      (_, i) => Math.floor(first / block_s) + i,
    )
    return numbers.map(block => {
      const own = groups.get(block) ?? []
      const seconds = Math.round(Math.min(last + 1, (block + 1) * block_s) - Math.max(first, block * block_s))
      return {
        product,
        time: isoTime(block * block_s * 1e6),
        without_mid: 1 - own.length / seconds,
        carried: own.filter(row => table.columns.mid_age[row] > 0).length / seconds,
        unlabelled: own.filter(row => Number.isNaN(table.sigma_future[row])).length / seconds,
      }
    })
  })
  return { block_s, blocks }
}

/** Share of rows where a feature is null, features without nulls left out, largest first. */
export function countNulls(table: FeatureTable): NullShare[] {
  return findProducts(table)
    .flatMap(({ product, from, to }) =>
      Object.entries(table.columns).map(([feature, column]) => ({
        product,
        feature,
        share: column.subarray(from, to).filter(Number.isNaN).length / (to - from),
      })),
    )
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
}
