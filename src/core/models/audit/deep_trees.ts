import type { FeatureTable } from '../../features/table.ts'
import { fitBoosting } from '../fit/boosting.ts'
import { boostingScores } from '../fit/ensemble.ts'
import { termColumns } from '../fit/input_terms.ts'
import { toFloat } from '../fit/volatility_predict.ts'
import { volatilityReadings, volatilityTerms } from '../fit/volatility_terms.ts'

const settings = { objective: 'log_loss', rounds: 40, leaves: 63, learningRate: 0.2, leastRows: 5, l2: 0 } as const
/** Columns by which trees can remember when a row was. */
const whereabouts = ['mid', 'hour_sin', 'bollinger_width_1200s']

/**
 * Trees deep enough to remember rows, which no honest recipe is: what a leak between segments is worth shows here first.
 * @returns scores of the judged rows.
 */
export function rememberRows(
  table: FeatureTable,
  tau: Record<string, number>,
  labels: Float64Array,
  fitted: Int32Array,
  judged: Int32Array,
): Float64Array {
  const columns = (rows: Int32Array) =>
    [
      ...termColumns(table, rows, tau, volatilityReadings, volatilityTerms),
      ...whereabouts.map(name => Float64Array.from(rows, row => table.columns[name][row])),
    ].map(toFloat)
  const y = Uint8Array.from(fitted, row => labels[row])
  return boostingScores(fitBoosting(columns(fitted), y, settings), columns(judged), judged.length)
}
