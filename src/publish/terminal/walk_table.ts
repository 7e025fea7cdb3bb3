import type { JudgedModel } from '../../core/models/judge/judged_model.ts'
import type { WalkForward } from '../../core/models/judge/walk_forward.ts'
import type { AlarmSummary } from '../../core/models/metrics/alarms.ts'
import { average } from '../../core/models/recipes/average.ts'
import { references, zscore } from '../../core/models/recipes/rules.ts'
import { inSentence } from '../numbers.ts'
import { aligned, paired, range, show } from './text_table.ts'

/** One line on what a walk-forward judged. */
export function walkHeadline({ block_s, tau_fixed, percentile, ...report }: WalkForward): string {
  const tau = tau_fixed ? 'fixed in config' : `P${percentile} of each fold's training, one a product`
  return `Walk-forward, blocks of ${block_s / 60} minutes, tau ${tau}:\n${report.folds.length} folds, ${report.rows} rows, ${report.positives} spikes in ${report.episodes} episodes, prevalence ${show(report.prevalence)}`
}

/** The tables of a walk-forward for a terminal of 120 columns: no PR-AUC without prevalence, references and interval. */
export function describeWalk(report: WalkForward): string {
  const models = Object.values(report.models)
  return [
    walkHeadline(report),
    '',
    ...foldLines(report),
    '',
    rankTable(models, report),
    `within: average precision inside each 20 minutes of a product (${report.cells} of 300 rows or more), label = its top 10 or 25 %`,
    '',
    referenceTable(models, '/', ({ lift }) => lift),
    '',
    referenceTable(models, 'less', ({ gain }) => gain),
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

function foldLines({ folds, skipped }: WalkForward): string[] {
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

function rankTable(models: JudgedModel[], { prevalence, within_chance: chance }: WalkForward): string {
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

/** One paired figure over each reference. */
function referenceTable(
  models: JudgedModel[],
  sign: string,
  figureOf: (model: JudgedModel) => JudgedModel['lift'],
): string {
  return aligned([
    ['PR-AUC', ...references.map(({ short }) => `${sign} ${inSentence(short)}`)],
    ...models.map(model => [model.name, ...references.map(({ name }) => paired(figureOf(model)[name]))]),
  ])
}

function errorTable(models: JudgedModel[]): string {
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

function alarmTable(models: JudgedModel[], random: AlarmSummary): string {
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

function sliceTable({ slices, models }: WalkForward): string {
  const names = [average, ...references, zscore].map(({ name }) => name).filter(name => name in models)
  return aligned([
    ['PR-AUC by', '', 'rows', 'episodes', 'prevalence', ...names],
    ...slices.map(({ by, name, rows, positives, episodes, pr_auc }) => [
      by,
      name,
      `${rows}`,
      `${episodes}`,
      show(positives / rows),
      ...names.map(name => show(pr_auc[name])),
    ]),
  ])
}
