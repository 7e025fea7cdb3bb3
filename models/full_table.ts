import type { FullResult } from './full.ts'
import type { FullModel, FullReport } from './full_report.ts'
import type { Paired } from './group_bootstrap.ts'
import type { SearchRow } from './search.ts'
import { aligned } from './train_table.ts'

/** Everything that `train --full` found, for a terminal. */
export function describeCaptures({ simulated, files, left_out, search, reports }: FullResult): string {
  return [
    ...(simulated ? ['SIMULATED DATA: these numbers say nothing about a real market.'] : []),
    ...files.map(({ file, group, rows, labelled }) => `${group}: ${file}, ${rows} rows, ${labelled} labelled`),
    ...left_out.map(({ file, why }) => `left out: ${file}: ${why}`),
    ...reports.flatMap(report => ['', describeFull(report)]),
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

/** The table of a walk-forward for a terminal: no PR-AUC without prevalence, rivals and interval. */
export function describeFull(report: FullReport): string {
  const models = Object.values(report.models)
  const { within_prevalence: chance } = report
  return [
    `Walk-forward in blocks of ${report.block_s / 60} minutes, tau = ${report.tau_fixed ? 'fixed in config' : `P${report.percentile} of each fold's training`}, one a product: ${report.folds.length} folds, ${report.rows} rows, ${report.positives} spikes in ${report.episodes} episodes, prevalence ${show(report.prevalence)}`,
    '',
    aligned([
      ['group', 'block from', 'train', 'purged', 'rows', 'spikes', 'episodes', 'prevalence', 'tau', ''],
      ...report.folds.map(fold => [
        fold.group,
        fold.from.slice(0, 19),
        `${fold.train_rows}`,
        `${fold.purged}`,
        `${fold.rows}`,
        `${fold.positives}`,
        `${fold.episodes}`,
        show(fold.prevalence),
        Object.entries(fold.tau)
          .map(([product, tau]) => `${product} ${tau.toExponential(2)}`)
          .join(', '),
        fold.degenerate === null ? '' : `degenerate: ${fold.degenerate}`,
      ]),
    ]),
    ...report.skipped.map(({ group, why }) => `not judged: ${group}: ${why}`),
    '',
    aligned([
      [
        'pooled',
        'PR-AUC',
        '95 % interval',
        'x pers. 60 s',
        'x pers. 300 s',
        'x EWMA 120 s',
        'within 10 %',
        'within 25 %',
        'ROC-AUC',
        'top 1 %',
        'top 5 %',
      ],
      ...models.map(model => [
        model.name,
        show(model.pr_auc),
        range(model.pr_auc_low, model.pr_auc_high),
        paired(model.lift.persistence),
        paired(model.lift.persistence_300s),
        paired(model.lift.ewma_120s),
        show(model.within_top10),
        show(model.within_top25),
        show(model.roc_auc),
        show(model.precision_top1),
        show(model.precision_top5),
      ]),
      [
        'chance',
        show(report.prevalence),
        '',
        '',
        '',
        '',
        show(chance?.top10 ?? null),
        show(chance?.top25 ?? null),
        '0.500',
        show(report.prevalence),
        show(report.prevalence),
      ],
    ]),
    `within: average precision inside each 20-minute block and product (${report.cells} cells of 300 rows or more), label = its top 10 or 25 %`,
    '',
    aligned([
      [
        'pooled',
        'PR-AUC less 60 s',
        'less 300 s',
        'Brier',
        'Brier skill',
        'log loss',
        'ECE',
        'RMSE ln sigma',
        '/ EWMA 120 s',
        'QLIKE',
        'floored',
      ],
      ...models.map(model => [
        model.name,
        paired(model.gain.persistence),
        paired(model.gain.persistence_300s),
        show(model.brier),
        show(model.brier_skill),
        show(model.log_loss),
        show(model.ece),
        show(model.log_sigma_rmse),
        paired(model.rmse_ratio ?? undefined),
        model.qlike === null ? '-' : model.qlike.toPrecision(3),
        model.floored === null ? '-' : `${model.floored.predicted} + ${model.floored.realised}`,
      ]),
    ]),
    'floored: predictions + outcomes below 1e-7, counted as 1e-7',
    '',
    aligned([
      ['at 6 false alarms an hour', 'caught', 'of onsets', 'median lead, s', 'false alarms an hour'],
      ...models.map(({ name, alarms }) => alarmLine(name, alarms)),
      alarmLine('random smooth score', report.random_alarms),
    ]),
    'onset: volatility_60s reaches tau after a minute below; an alarm looks 120 s ahead; none is given while a spike is on',
    '',
    aligned([
      ['PR-AUC by', '', 'rows', 'prevalence', ...Object.keys(report.slices[0].pr_auc)],
      ...report.slices.map(({ by, name, rows, positives, pr_auc }) => [
        by,
        name,
        `${rows}`,
        show(positives / rows),
        ...Object.values(pr_auc).map(show),
      ]),
    ]),
    '',
    `Intervals: ${report.bootstrap.samples} moving-block resamples (${report.bootstrap.block_s} s, inside days, products together, paired). They leave out that another day may differ from these that a fit could have come out otherwise, and that the recipe was settled after variants had been seen on captures, so they are too narrow.`,
  ].join('\n')
}

function alarmLine(name: string, { caught, onsets, lead_s, false_alarms, hours }: FullModel['alarms']): string[] {
  return [name, `${caught}`, `${onsets}`, lead_s === null ? '-' : lead_s.toFixed(0), (false_alarms / hours).toFixed(1)]
}

function paired(value: Paired | undefined): string {
  if (value === undefined) return ''
  return `${value.value.toFixed(3)} (${range(value.low, value.high)})`
}

function range(low: number | null, high: number | null): string {
  return low === null || high === null ? '-' : `${low.toFixed(3)} to ${high.toFixed(3)}`
}

function show(value: number | null): string {
  return value === null ? '-' : value.toFixed(3)
}
