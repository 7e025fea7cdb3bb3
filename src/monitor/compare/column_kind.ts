import { calendar } from '../../core/features/compute/calendar.ts'
import { quality } from '../../core/features/compute/quality.ts'

/** What a column speaks of: the market, the time of day and week, or how much of the past is known. */
export type ColumnKind = 'market' | 'calendar' | 'coverage'

const kinds = new Map<string, ColumnKind>([
  ...calendar.features.map(({ name }) => [name, 'calendar'] as const),
  ...quality.features.map(({ name }) => [name, 'coverage'] as const),
])

/**
 * The kind of a column. Those of calendar and coverage differ between any two stretches of time, so they are compared, and
 * told apart, but are no part of the share of drifted columns.
 */
export function kindOfColumn(name: string): ColumnKind {
  return kinds.get(name) ?? 'market'
}
