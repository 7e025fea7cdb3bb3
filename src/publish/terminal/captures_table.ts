import type { PenaltyRow } from '../../core/models/judge/penalty_search.ts'
import type { RoundsRow } from '../../core/models/judge/rounds_search.ts'
import type { JudgedCaptures } from '../../jobs/train/judge_captures.ts'
import { aligned, show } from './text_table.ts'
import { describeWalk } from './walk_table.ts'

/** Everything that `train --full` found, for a terminal. */
export function describeCaptures(result: JudgedCaptures): string {
  const { simulated, files, left_out, longer_blocks, search, search_rounds, reports } = result
  return [
    ...(simulated ? ['SIMULATED DATA: these numbers say nothing about a real market.'] : []),
    aligned([
      ['day', 'rows', 'labelled', 'capture'],
      ...files.map(({ file, group, rows, labelled }) => [group, `${rows}`, `${labelled}`, file]),
    ]),
    ...left_out.map(({ file, why }) => `left out: ${file}: ${why}`),
    ...longer_blocks.map(
      ({ group, block_s }) =>
        `${group}: ${block_s > 86_400 ? 'one block' : `blocks of ${block_s / 60} minutes`}, so that it trains on fewer rows in all`,
    ),
    ...reports.flatMap(report => ['', describeWalk(report)]),
    ...(search === null ? [] : ['', describeSearch(search)]),
    ...(search_rounds.length === 0 ? [] : ['', describeRounds(search_rounds)]),
  ].join('\n')
}

function describeSearch(search: PenaltyRow[]): string {
  return [
    "Search of the ridge's penalty by walk-forward inside the first share of each day, which no judged block touches:",
    aligned([
      ['ridge_l2', 'RMSE ln sigma', 'PR-AUC', ''],
      ...search.map(row => [
        `${row.ridge_l2}`,
        show(row.log_sigma_rmse),
        show(row.pr_auc),
        row.fixed ? 'in config, used above' : '',
      ]),
    ]),
  ].join('\n')
}

function describeRounds(rows: RoundsRow[]): string {
  return [
    'Where early stopping would end the trees, in the same first share (fitted on three quarters, watched on the rest):',
    aligned([
      ['day', 'train', 'watched', 'rounds', 'in config, used above'],
      ...rows.map(row => [row.group, `${row.train_rows}`, `${row.watched_rows}`, `${row.rounds}`, `${row.fixed}`]),
    ]),
  ].join('\n')
}
