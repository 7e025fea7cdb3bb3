import type { Config } from '../../config.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../../core/models/judge/judged_model.ts'
import type { AlarmSummary } from '../../core/models/metrics/alarms.ts'
import { persistence, persistence300 } from '../../core/models/recipes/rules.ts'
import type { Segment } from '../../core/models/split/segment.ts'
import { segmentNames } from '../../core/models/split/split.ts'
import { inSentence } from '../numbers.ts'
import { giveVerdict } from '../verdict.ts'
import { describeNoVerdict } from './no_verdict.ts'
import { aligned, alignedWhereKnown, paired, range, show, wrapped } from './text_table.ts'
import { walkHeadline } from './walk_table.ts'

/** What a training run found, as lines for a terminal, the verdict first: no PR-AUC without its prevalence, baselines and interval. */
export function describeTraining(evaluation: Evaluation, config: Pick<Config, 'split' | 'walk_forward'>): string {
  const { splits, audit, tau } = evaluation
  const { validation, test } = splits
  const { sentence, caution } = giveVerdict(evaluation)
  const tauText = Object.entries(tau).map(([product, value]) => `${product} ${value.toExponential(3)}`)
  return [
    ...(evaluation.simulated ? ['SIMULATED DATA: these numbers say nothing about a real market.'] : []),
    ...(describeNoVerdict(evaluation, config) ?? [sentence, caution]).map(text => wrapped(text)),
    '',
    `tau ${tauText.join(', ')} (${evaluation.tau_source})`,
    '',
    aligned([
      ['segment', 'from', 'to', 'rows', 'spikes', 'episodes', 'prevalence'],
      ...segmentNames.map(name => segmentLine(name, splits[name])),
    ]),
    ...segmentNames.flatMap(name =>
      splits[name].degenerate === null ? [] : [`${name} is degenerate: ${splits[name].degenerate}`],
    ),
    `${splits.purged_rows} rows purged between segments (60 s horizon, ${splits.embargo_s} s embargo)`,
    '',
    ...alignedWhereKnown([
      [
        'on test',
        'PR-AUC',
        '95 % interval',
        'prevalence',
        'lift',
        'ROC-AUC',
        'F1',
        'Brier',
        'ECE',
        'validation PR-AUC',
      ],
      ...Object.values(test.models).map(model => [
        ...modelLine(model, test.prevalence),
        atPrevalence(validation.models[model.name].pr_auc, validation.prevalence),
      ]),
    ]),
    '',
    ...timingTable(evaluation),
    ...calibrationLines(evaluation),
    ...importanceLines(evaluation),
    '',
    ...walkLines(evaluation),
    '',
    `audit ${audit.passed ? 'passed' : 'FAILED'}`,
    ...audit.checks.map(({ name, verdict, detail }) => `  ${verdict.padEnd(7)} ${name}: ${detail}`),
  ].join('\n')
}

function segmentLine(name: string, segment: Segment): string[] {
  const { from, to, rows, positives, episodes, prevalence } = segment
  return [name, from.slice(0, 19), to.slice(0, 19), `${rows}`, `${positives}`, `${episodes}`, show(prevalence)]
}

function modelLine(model: JudgedModel, prevalence: number): string[] {
  const { name, pr_auc, pr_auc_low, pr_auc_high } = model
  return [
    name,
    show(pr_auc),
    range(pr_auc_low, pr_auc_high),
    show(prevalence),
    pr_auc === null || prevalence === 0 ? '-' : (pr_auc / prevalence).toFixed(2),
    show(model.roc_auc),
    show(model.f1),
    show(model.brier),
    show(model.ece),
  ]
}

/** Lifts over both persistences, timing inside blocks, forecast errors and what a user of alarms feels. */
function timingTable({ splits: { test } }: Evaluation): string[] {
  const both = [persistence, persistence300]
  const caught = ({ caught, onsets }: AlarmSummary): string => (onsets === 0 ? '-' : `${caught} of ${onsets}`)
  const table = alignedWhereKnown([
    [
      'on test',
      ...both.map(({ short }) => `/ ${inSentence(short)}`),
      ...['within 10 %', '25 %', 'RMSE ln sigma', 'caught at 6/h'],
    ],
    ...Object.values(test.models).map(model => [
      model.name,
      ...both.map(({ name }) => paired(model.lift[name])),
      show(model.within_top10),
      show(model.within_top25),
      show(model.log_sigma_rmse),
      caught(model.alarms),
    ]),
    [
      'chance',
      '',
      '',
      show(test.within_chance?.top10),
      show(test.within_chance?.top25),
      '',
      caught(test.random_alarms),
    ],
  ])
  return [
    ...table,
    'within: average precision inside each 20 minutes of a product; caught: onsets with an alarm in the 120 s before',
  ]
}

function atPrevalence(value: number | null, prevalence: number): string {
  return value === null ? '-' : `${show(value)} at ${show(prevalence)}`
}

/** Whether calibrating on validation helped on test. */
function calibrationLines({ models, splits: { test } }: Evaluation): string[] {
  const effects = Object.values(models).flatMap(({ name, before_calibration: before }) =>
    before ? [`${name} ${show(before.brier)} -> ${show(test.models[name].brier)}`] : [],
  )
  return effects.length === 0 ? [] : [`calibrated on validation, Brier on test: ${effects.join(', ')}`]
}

/** The features that the combination leans on most. */
function importanceLines({ models }: Evaluation): string[] {
  const last = Object.values(models).findLast(({ importance }) => importance.length > 0)
  if (last === undefined) return []
  const top = last.importance
    .slice(0, 3)
    .map(({ feature, drop, low, high }) => `${feature} ${show(drop)} (${range(low, high)})`)
  return [`importance for ${last.name}, loss of validation PR-AUC: ${top.join(', ')}`]
}

function walkLines({ walk_forward: walk, walk_forward_missing: why }: Evaluation): string[] {
  if (walk === null) return [`no walk-forward: ${why}`]
  return [
    walkHeadline(walk),
    ...alignedWhereKnown([
      [
        ...['pooled', 'PR-AUC', '95 % interval', `/ ${inSentence(persistence.short)}`],
        ...['within 10 %', '25 %', 'ECE', 'RMSE ln sigma'],
      ],
      ...Object.values(walk.models).map(model => [
        model.name,
        show(model.pr_auc),
        range(model.pr_auc_low, model.pr_auc_high),
        paired(model.lift[persistence.name]),
        show(model.within_top10),
        show(model.within_top25),
        show(model.ece),
        show(model.log_sigma_rmse),
      ]),
    ]),
  ]
}
