import type { Evaluation, ModelResult } from '../core/models/judge/evaluation.ts'
import { markdownTable } from './markdown.ts'
import { count, interval, pairedText, score } from './numbers.ts'
import { alarmTable } from './sections/alarms.ts'
import { calibrationGain } from './sections/calibration.ts'
import { foldTable } from './sections/folds.ts'
import { readWalkForward } from './sections/readings.ts'
import { sliceTable } from './sections/slices.ts'

/** The metrics of a model card as Markdown: the test segment, then the walk-forward, alarms, parts; each where there is one. */
export function cardMetrics(evaluation: Evaluation): string {
  return [
    testMetrics(Object.values(evaluation.models)),
    calibrationGain(evaluation),
    walkForward(evaluation),
    alarms(evaluation),
    parts(evaluation),
  ]
    .filter(text => text !== '')
    .join('\n\n')
}

function testMetrics(models: ModelResult[]): string {
  const table = markdownTable(
    [
      'Model',
      'PR-AUC',
      '95 % interval',
      'Prevalence',
      'ROC-AUC',
      'F1',
      'at threshold',
      'Precision',
      'Recall',
      'Top 1 %',
      'Top 5 %',
      'Brier',
      'Skill',
      'ECE',
    ],
    models.map(({ title, test }) => [
      title,
      score(test.pr_auc),
      interval(test),
      score(test.prevalence),
      score(test.roc_auc),
      score(test.f1),
      score(test.threshold),
      score(test.precision),
      score(test.recall),
      score(test.precision_top1),
      score(test.precision_top5),
      score(test.brier),
      score(test.brier_skill),
      score(test.ece),
    ]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  )
  return `## Metrics on test

${table}

PR-AUC is average precision; a score without information reaches the prevalence. Intervals come from a moving-block bootstrap over time. Thresholds were picked on validation. Top 1 and 5 %: share of spikes among the highest scores. Skill: of the Brier score, over always saying the prevalence. – is not defined${undefinedReasons(models)}.`
}

function walkForward(evaluation: Evaluation): string {
  const { walk_forward: report, walk_forward_missing } = evaluation
  if (!report) return walk_forward_missing ? `## Walk-forward\n\nThere is none: ${walk_forward_missing}.` : ''
  const folds = foldTable(report, evaluation)
  const chance = report.within_prevalence
  return `## Walk-forward

The same recipes fitted anew for each block of ${folds.minutes} minutes on all before it, with ${folds.tau}; ${count(report.rows)} rows, ${report.episodes} spike episodes, prevalence ${score(report.prevalence)}.

${markdownTable(
  [
    'Model',
    'PR-AUC',
    '95 % interval',
    '× persistence 60 s',
    '× 300 s',
    '× EWMA 120 s',
    'Within 10 %',
    'Within 25 %',
    'RMSE ln σ ÷ EWMA',
    'ECE',
  ],
  [
    ...Object.values(report.models).map(model => [
      model.title,
      score(model.pr_auc),
      interval(model),
      pairedText(model.lift.persistence),
      pairedText(model.lift.persistence_300s),
      pairedText(model.lift.ewma_120s),
      score(model.within_top10),
      score(model.within_top25),
      pairedText(model.rmse_ratio),
      score(model.ece),
    ]),
    ['No knowledge', score(report.prevalence), '', '', '', '', score(chance?.top10), score(chance?.top25), '', ''],
  ],
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
)}

Ratios with 95 % intervals, both sides resampled together. Within: average precision inside a block and product, label = its loudest 10 or 25 %.

${markdownTable(folds.header, folds.rows, [1, 2, 3, 4, 5, 6, 7])}

${[...folds.notes, ...readWalkForward(evaluation)].map(line => `* ${line.replace(/^\* /, '\\* ')}`).join('\n')}`
}

function alarms(evaluation: Evaluation): string {
  const table = alarmTable(evaluation)
  if (table === undefined) return ''
  const header = [
    'Model',
    ...table.groups.flatMap(group => table.header.map(name => `${name}, ${group.toLowerCase()}`)),
  ]
  return `## As alarms

At the threshold that gives six false alarms in an hour of one product, on the rows judged; an alarm looks 120 s ahead to the first second whose volatility_60s reaches tau.

${markdownTable(header, table.rows, [1, 2, 3, 4, 5, 6])}`
}

function parts(evaluation: Evaluation): string {
  const table = sliceTable(evaluation)
  if (table === undefined) return ''
  return `## By product, regime and hour

PR-AUC over the rows of the ${table.source}; each part has a prevalence of its own.${table.left_out > 0 ? ` Parts with fewer than 30 spikes left out: ${table.left_out}.` : ''}

${markdownTable(table.header, table.rows, [2, 3, 4, 5, 6, 7, 8, 9])}`
}

function undefinedReasons(models: ModelResult[]): string {
  const reasons = [...new Set(models.flatMap(({ test }) => Object.values(test.degenerate)))]
  return reasons.length > 0 ? ` (${reasons.join('; ')})` : ''
}
