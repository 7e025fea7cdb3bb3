import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../../core/models/judge/judged_model.ts'
import type { JudgedStretch } from '../../core/models/judge/stretch.ts'
import { references } from '../../core/models/recipes/rules.ts'
import { count, interval, pairedText, score } from '../numbers.ts'
import { alarmTable } from '../sections/alarms.ts'
import { calibrationGain } from '../sections/calibration.ts'
import { foldTable } from '../sections/folds.ts'
import { readWalkForward } from '../sections/readings.ts'
import { sliceTable } from '../sections/slices.ts'
import { markdownTable } from './markdown.ts'

/** The metrics of a model card as Markdown: the test segment, then the walk-forward, alarms, parts; each where there is one. */
export function cardMetrics(evaluation: Evaluation): string {
  return [
    testMetrics(evaluation.splits.test),
    calibrationGain(evaluation),
    walkForward(evaluation),
    alarms(evaluation),
    parts(evaluation),
  ]
    .filter(text => text !== '')
    .join('\n\n')
}

function testMetrics({ models, prevalence }: JudgedStretch): string {
  const all = Object.values(models)
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
    all.map(model => [
      model.title,
      score(model.pr_auc),
      interval(model),
      score(prevalence),
      score(model.roc_auc),
      score(model.f1),
      score(model.threshold),
      score(model.precision),
      score(model.recall),
      score(model.precision_top1),
      score(model.precision_top5),
      score(model.brier),
      score(model.brier_skill),
      score(model.ece),
    ]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  )
  return `## Metrics on test

${table}

PR-AUC is average precision; a score without information reaches the prevalence. Intervals come from a moving-block bootstrap over time. Thresholds were picked on validation. Top 1 and 5 %: share of spikes among the highest scores. Skill: of the Brier score, over always saying the prevalence. – is not defined${undefinedReasons(all)}.`
}

function walkForward(evaluation: Evaluation): string {
  const { walk_forward: walk, walk_forward_missing } = evaluation
  if (walk === null) return `## Walk-forward\n\nThere is none: ${walk_forward_missing}.`
  const folds = foldTable(walk, evaluation)
  const chance = walk.within_chance
  return `## Walk-forward

The same recipes fitted anew for each block of ${folds.minutes} minutes on all before it, with ${folds.tau}; ${count(walk.rows)} rows, ${walk.episodes} spike episodes, prevalence ${score(walk.prevalence)}.

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
    ...Object.values(walk.models).map(model => [
      model.title,
      score(model.pr_auc),
      interval(model),
      ...references.map(({ name }) => pairedText(model.lift[name])),
      score(model.within_top10),
      score(model.within_top25),
      pairedText(model.rmse_ratio),
      score(model.ece),
    ]),
    ['No knowledge', score(walk.prevalence), '', '', '', '', score(chance?.top10), score(chance?.top25), '', ''],
  ],
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
)}

Ratios with 95 % intervals, both sides resampled together. Within: average precision inside a block and product, label = its loudest 10 or 25 %.

${markdownTable(folds.header, folds.rows, [1, 2, 3, 4, 5, 6, 7])}

${[...folds.notes, ...readWalkForward(evaluation)].map(line => `* ${line.replace(/^\* /, '\\* ')}`).join('\n')}`
}

function alarms(evaluation: Evaluation): string {
  const table = alarmTable(evaluation)
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

function undefinedReasons(models: JudgedModel[]): string {
  const reasons = [...new Set(models.flatMap(({ degenerate }) => Object.values(degenerate)))]
  return reasons.length > 0 ? ` (${reasons.join('; ')})` : ''
}
