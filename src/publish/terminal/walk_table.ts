import type { FullModel, FullReport } from '../../core/models/judge/full_report.ts'
import { rivals } from '../../core/models/judge/reference_baselines.ts'
import type { AlarmSummary } from '../../core/models/metrics/alarms.ts'
import { aligned, paired, range, show } from './text_table.ts'

/** One line on what a walk-forward judged. */
export function walkHeadline({ block_s, tau_fixed, percentile, ...report }: FullReport): string {
  const tau = tau_fixed ? 'fixed in config' : `P${percentile} of each fold's training, one a product`
  return `Walk-forward, blocks of ${block_s / 60} minutes, tau ${tau}:\n${report.folds.length} folds, ${report.rows} rows, ${report.positives} spikes in ${report.episodes} episodes, prevalence ${show(report.prevalence)}`
}

/** The tables of a walk-forward for a terminal of 120 columns: no PR-AUC without prevalence, rivals and interval. */
export function describeWalk(report: FullReport): string {
  const models = Object.values(report.models)
  return [
    walkHeadline(report),
    '',
    ...foldLines(report),
    '',
    rankTable(models, report),
    `within: average precision inside each 20 minutes of a product (${report.cells} of 300 rows or more), label = its top 10 or 25 %`,
    '',
    rivalTable(models, '/', ({ lift }) => lift),
    '',
    rivalTable(models, 'less', ({ gain }) => gain),
    '',
    errorTable(models),
    'floored: predictions + outcomes below 1e-7, counted as 1e-7',
    '',
    alarmTable(models, report.random_alarms),
    'onset: volatility_60s reaches tau after a minute below; an alarm looks 120 s ahead, none is given during a spike',
    '',
    sliceTable(report),
    '',
    `Intervals: ${report.bootstrap.samples} moving-block resamples (${report.bootstrap.block_s} s, inside days, products together, paired).`,
    'They leave out that another day may differ from these, that a fit could have come out otherwise, and that the',
    'recipe was settled after variants had been seen on captures; so they are too narrow.',
  ].join('\n')
}

function foldLines({ folds, skipped }: FullReport): string[] {
  const mark = folds.some(({ degenerate }) => degenerate !== null)
  return [
    aligned([
      ['block from', 'train', 'purged', 'rows', 'spikes', 'episodes', 'prevalence', 'tau'],
      ...folds.map(fold => [
        fold.from.slice(0, 19),
        `${fold.train_rows}`,
        `${fold.purged}`,
        `${fold.rows}`,
        `${fold.positives}`,
        `${fold.episodes}`,
        `${show(fold.prevalence)}${fold.degenerate === null ? '' : ' *'}`,
        Object.entries(fold.tau)
          .map(([product, tau]) => `${product} ${tau.toExponential(2)}`)
          .join(', '),
      ]),
    ]),
    ...(mark
      ? ['* degenerate alone: fewer than 30 spikes or 5 episodes, or one class; it counts in the pooled figures']
      : []),
    ...skipped.map(({ group, why }) => `not judged: ${group}: ${why}`),
  ]
}

function rankTable(models: FullModel[], { prevalence, within_prevalence: chance }: FullReport): string {
  const base = show(prevalence)
  return aligned([
    ['pooled', 'PR-AUC', '95 % interval', 'within 10 %', 'within 25 %', 'ROC-AUC', 'top 1 %', 'top 5 %'],
    ...models.map(model => [
      model.name,
      show(model.pr_auc),
      range(model.pr_auc_low, model.pr_auc_high),
      show(model.within_top10),
      show(model.within_top25),
      show(model.roc_auc),
      show(model.precision_top1),
      show(model.precision_top5),
    ]),
    ['chance', base, '', show(chance?.top10), show(chance?.top25), '0.500', base, base],
  ])
}

/** One paired figure over each rival. */
function rivalTable(models: FullModel[], sign: string, figureOf: (model: FullModel) => FullModel['lift']): string {
  return aligned([
    ['PR-AUC', `${sign} persistence 60 s`, `${sign} persistence 300 s`, `${sign} EWMA 120 s`],
    ...models.map(model => [model.name, ...rivals.map(rival => paired(figureOf(model)[rival]))]),
  ])
}

function errorTable(models: FullModel[]): string {
  return aligned([
    ['pooled', 'Brier', 'skill', 'log loss', 'ECE', 'RMSE ln sigma', '/ EWMA 120 s', 'QLIKE', 'floored'],
    ...models
      .filter(({ brier, rmse_ratio }) => brier !== null || rmse_ratio !== null)
      .map(model => [
        model.name,
        show(model.brier),
        show(model.brier_skill),
        show(model.log_loss),
        show(model.ece),
        show(model.log_sigma_rmse),
        model.rmse_ratio === null ? '-' : paired(model.rmse_ratio),
        model.qlike === null ? '-' : model.qlike.toPrecision(3),
        model.floored === null ? '-' : `${model.floored.predicted} + ${model.floored.realised}`,
      ]),
  ])
}

function alarmTable(models: FullModel[], random: AlarmSummary): string {
  const line = (name: string, { caught, onsets, lead_s, false_alarms, hours }: AlarmSummary): string[] => [
    name,
    `${caught}`,
    `${onsets}`,
    lead_s === null ? '-' : lead_s.toFixed(0),
    hours > 0 ? (false_alarms / hours).toFixed(1) : '-',
  ]
  return aligned([
    ['at 6 false alarms an hour', 'caught', 'of onsets', 'median lead, s', 'false alarms an hour'],
    ...models.map(({ name, alarms }) => line(name, alarms)),
    line('random smooth score', random),
  ])
}

function sliceTable({ slices }: FullReport): string {
  return aligned([
    ['PR-AUC by', '', 'rows', 'episodes', 'prevalence', ...Object.keys(slices[0].pr_auc)],
    ...slices.map(({ by, name, rows, positives, episodes, pr_auc }) => [
      by,
      name,
      `${rows}`,
      `${episodes}`,
      show(positives / rows),
      ...Object.values(pr_auc).map(show),
    ]),
  ])
}
