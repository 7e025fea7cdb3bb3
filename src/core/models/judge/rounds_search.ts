import { fitBoosting } from '../fit/boosting.ts'
import { termColumns } from '../fit/input_terms.ts'
import { targetOf } from '../fit/residual.ts'
import { toFloat } from '../fit/volatility_predict.ts'
import { volatilityReadings, volatilityTerms } from '../fit/volatility_terms.ts'
import { treeSettings } from '../recipes/volatility.ts'
import type { RowGroup } from '../split/days.ts'
import { leaveOutStill, tauFromTraining } from '../split/tau.ts'
import { walkForward } from '../split/walk_forward.ts'
import { beforeJudging } from './penalty_search.ts'
import type { WalkSettings } from './walk_blocks.ts'

const most = 600
const patience = 60

export interface RoundsRow {
  group: string
  train_rows: number
  watched_rows: number
  /** Rounds with the least error of ln(sigma/tau) on the watched rows; 0 where none was better than the mean. */
  rounds: number
  /** What config states. */
  fixed: number
}

/**
 * Where early stopping would end the trees: inside each group's first share, which no judged block touches, they are fitted on
 * the first three quarters and watched on the rest, with purge and embargo between. It is shown beside the fixed number of
 * rounds and changes nothing in it. Groups that are too short are left out.
 */
export function searchRounds(groups: RowGroup[], settings: WalkSettings): RoundsRow[] {
  return groups.flatMap(({ name, table: whole }): RoundsRow[] => {
    const table = beforeJudging(whole, settings.first, settings.embargo_s)
    const [fold] = walkForward(table, { ...settings, first: 0.75, block_s: 86_400 })
    if (fold === undefined) return []
    const { tau } = leaveOutStill(tauFromTraining(table, fold.train, settings.percentile))
    const known = (rows: Int32Array) => rows.filter(row => table.product[row] in tau)
    const [train, watched] = [known(fold.train), known(fold.judged)]
    if (train.length < 2 * settings.models.trees.least_rows || watched.length === 0) return []
    const columnsOf = (rows: Int32Array) =>
      termColumns(table, rows, tau, volatilityReadings, volatilityTerms).map(toFloat)
    const targetsOf = (rows: Int32Array) =>
      Float64Array.from(rows, row => targetOf(table.sigma_future[row], tau[table.product[row]]))
    const { trees } = fitBoosting(columnsOf(train), targetsOf(train), {
      ...treeSettings(settings.models, 'squared_error'),
      rounds: most,
      monotone: volatilityTerms.map(term => term.monotone),
      watch: { columns: columnsOf(watched), targets: targetsOf(watched), patience },
    })
    return [
      {
        group: name,
        train_rows: train.length,
        watched_rows: watched.length,
        rounds: trees.length,
        fixed: settings.models.trees.rounds,
      },
    ]
  })
}
