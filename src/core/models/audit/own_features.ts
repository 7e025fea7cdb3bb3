import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../features/table.ts'
import { isoTime } from '../../math/time.ts'
import { type AuditCheck, verdictOf } from './check.ts'
import { countFeatures, pairFeatures } from './own_pairs.ts'
import { windowFeatures } from './own_windows.ts'
import { pastOf } from './past.ts'

/** Rows that are compared at most, equally spaced. */
const mostRows = 2500

/**
 * Works out again, on a sample of rows and from the columns that the engine's own bars gave, every feature that they determine:
 * windows of returns, mids and spreads, logarithms, ratios, sums of counts. A column that was shifted does not keep them.
 * Values that are null in the file are left out, as are windows that reach back before the file or a session's reset.
 */
export function checkOwnFeatures(table: FeatureTable, { time }: Pick<Config, 'time'>): AuditCheck {
  const past = pastOf(table, time.session_reset_s - time.carry_s - time.out_of_orderness_s)
  const all = [...windowFeatures(table, past), ...pairFeatures(table, past), ...countFeatures(table, past)]
  const wrong = new Map<string, { rows: number; first: number }>()
  let compared = 0
  const stride = Math.max(1, Math.ceil(table.rows / mostRows))
  for (let row = 0; row < table.rows; row += stride)
    for (const { name, seconds, value, found: findOf, atLeast } of all) {
      const own = table.columns[name][row]
      if (Number.isNaN(own) || !past.knows(row, seconds)) continue
      const found = findOf ? findOf(row) : own
      const expected = value(row)
      if (Number.isNaN(found) || Number.isNaN(expected)) continue
      compared++
      const most = 1e-6 * Math.abs(expected) + 1e-11
      if (atLeast ? found >= expected - most : Math.abs(found - expected) <= most) continue
      const seen = wrong.get(name)
      if (seen) seen.rows++
      else wrong.set(name, { rows: 1, first: row })
    }
  return verdictOf(
    'own_features',
    [...wrong].map(
      ([name, { rows, first }]) =>
        `${name} is not what the other columns say in ${rows} of the rows looked at, first ${table.product[first]} ${isoTime(table.time[first])}`,
    ),
    `${compared} values of ${all.length} features on one row in ${stride} are what the file's other columns give`,
  )
}
