import type { FullResult } from './full.ts'
import type { SearchRow } from './search.ts'
import { aligned, show } from './text_table.ts'
import { describeWalk } from './walk_table.ts'

/** Everything that `train --full` found, for a terminal. */
export function describeCaptures({ simulated, files, left_out, search, reports }: FullResult): string {
  return [
    ...(simulated ? ['SIMULATED DATA: these numbers say nothing about a real market.'] : []),
    aligned([
      ['day', 'rows', 'labelled', 'capture'],
      ...files.map(({ file, group, rows, labelled }) => [group, `${rows}`, `${labelled}`, file]),
    ]),
    ...left_out.map(({ file, why }) => `left out: ${file}: ${why}`),
    ...reports.flatMap(report => ['', describeWalk(report)]),
    ...(search === null ? [] : ['', describeSearch(search)]),
  ].join('\n')
}

function describeSearch(search: SearchRow[]): string {
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
