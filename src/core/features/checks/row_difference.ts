import { features } from '../spec.ts'
import type { FeatureTable } from '../table.ts'

/** How far the rows of one run are from those of another. */
export interface RowDifference {
  /** Rows that both have, that only the first has, that only the second has. */
  common: number
  missing: number
  extra: number
  /** Features of which a common row differs, in the order of the spec. */
  features: FeatureDifference[]
}

export interface FeatureDifference {
  name: string
  unit: string
  /** Share of the common rows whose value differs by a bit or more, one null and the other not included. */
  share: number
  /** Largest absolute difference, in `unit`, where both are numbers. */
  largest: number
  /** Share of the common rows where only one is null. */
  null_share: number
}

/** Compares rows of the same product and time. @param expected the run that is right. Both sorted by (product, time). */
export function compareRows(expected: FeatureTable, found: FeatureTable): RowDifference {
  const { pairs, missing, extra } = pairRows(expected, found)
  const differences = features.map(({ name, unit }) => {
    let differing = 0
    let nulls = 0
    let largest = 0
    for (const [a, b] of pairs) {
      const wanted = expected.columns[name][a]
      const value = found.columns[name][b]
      if (wanted === value || (Number.isNaN(wanted) && Number.isNaN(value))) continue
      differing++
      if (Number.isNaN(wanted) || Number.isNaN(value)) nulls++
      else largest = Math.max(largest, Math.abs(value - wanted))
    }
    return { name, unit, share: differing / pairs.length, largest, null_share: nulls / pairs.length }
  })
  return { common: pairs.length, missing, extra, features: differences.filter(({ share }) => share > 0) }
}

function pairRows(
  expected: FeatureTable,
  found: FeatureTable,
): { pairs: [number, number][]; missing: number; extra: number } {
  const pairs: [number, number][] = []
  let b = 0
  for (let a = 0; a < expected.rows; a++) {
    while (b < found.rows && isBefore(found, b, expected, a)) b++
    if (b < found.rows && !isBefore(expected, a, found, b)) pairs.push([a, b++])
  }
  return { pairs, missing: expected.rows - pairs.length, extra: found.rows - pairs.length }
}

function isBefore(one: FeatureTable, i: number, other: FeatureTable, j: number): boolean {
  const a = one.product[i]
  const b = other.product[j]
  return a === b ? one.time[i] < other.time[j] : a < b
}
