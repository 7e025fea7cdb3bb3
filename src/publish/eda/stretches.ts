import type { FeatureTable } from '../../core/features/table.ts'
import { maximum } from '../../core/math/extremes.ts'

/** Rows `from` (included) to `to` (excluded) of a table sorted by (product, time), all of one product. */
export interface Stretch {
  product: string
  from: number
  to: number
}

/** One stretch per product. */
export function findProducts(table: FeatureTable): Stretch[] {
  return cutWhere(table, () => false)
}

/**
 * One stretch per session: the market was silent for `session_reset_s` before it. A mid is carried for `carry_s`, so the rows
 * of a product then stop for at least the difference.
 */
export function findSessions(table: FeatureTable, time: { session_reset_s: number; carry_s: number }): Stretch[] {
  const silence = (time.session_reset_s - time.carry_s) * 1e6
  return cutWhere(table, row => table.time[row] - table.time[row - 1] >= silence)
}

/** Seconds of a block for shares over time: 20 minutes, an hour where a product has more than 12 hours of rows. */
export function blockSeconds(table: FeatureTable): number {
  return coveredSeconds(table) > 12 * 3600 ? 3600 : 1200
}

/** Rows, that is seconds with a mid, of the product that has the most of them. */
export function coveredSeconds(table: FeatureTable): number {
  return Math.max(0, maximum(findProducts(table).map(({ from, to }) => to - from)))
}

/** Row indices of a product by the number of their block since the epoch, in order of time. */
export function groupByBlock(table: FeatureTable, rows: ArrayLike<number>, seconds: number): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (let i = 0; i < rows.length; i++) {
    const block = Math.floor(table.time[rows[i]] / 1e6 / seconds)
    const group = groups.get(block)
    if (group === undefined) groups.set(block, [rows[i]])
    else group.push(rows[i])
  }
  return groups
}

function cutWhere({ rows, product }: FeatureTable, isCut: (row: number) => boolean): Stretch[] {
  const stretches: Stretch[] = []
  for (let row = 0, from = 0; row < rows; row++) {
    const isLast = row + 1 === rows
    if (!isLast && product[row + 1] === product[row] && !isCut(row + 1)) continue
    stretches.push({ product: product[from], from, to: row + 1 })
    from = row + 1
  }
  return stretches
}
