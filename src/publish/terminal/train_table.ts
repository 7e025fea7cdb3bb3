import type { Evaluation, Metrics, ModelResult, Segment } from '../../core/models/judge/evaluation.ts'
import { aligned, paired, range, show } from './text_table.ts'
import { walkHeadline } from './walk_table.ts'

/** What a training run found, as lines for a terminal: no PR-AUC without its prevalence, baselines and interval. */
export function describeTraining(evaluation: Evaluation): string {
  const { splits, models, audit, tau } = evaluation
  const segments = Object.entries({ train: splits.train, validation: splits.validation, test: splits.test })
  const tauText = Object.entries(tau).map(([product, value]) => `${product} ${value.toExponential(3)}`)
  return [
    evaluation.simulated ? 'SIMULATED DATA: these numbers say nothing about a real market.' : '',
    `tau ${tauText.join(', ')} (${evaluation.tau_source})`,
    '',
    aligned([
      ['segment', 'from', 'to', 'rows', 'spikes', 'episodes', 'prevalence'],
      ...segments.map(([name, segment]) => segmentLine(name, segment)),
    ]),
    ...segments.flatMap(([name, { degenerate }]) =>
      degenerate === null ? [] : [`${name} is degenerate: ${degenerate}`],
    ),
    `${splits.purged_rows} rows purged between segments (60 s horizon, ${splits.embargo_s} s embargo)`,
    '',
    aligned([
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
      ...Object.values(models).map(model => modelLine(model.name, model.test, model.validation)),
    ]),
    '',
    timingTable(evaluation),
    'within: average precision inside each 20 minutes of a product; caught: onsets with an alarm in the 120 s before',
    ...calibrationLines(Object.values(models)),
    ...importanceLines(Object.values(models)),
    '',
    ...walkLines(evaluation),
    '',
    `audit ${audit.passed ? 'passed' : 'FAILED'}`,
    ...audit.checks.map(({ name, verdict, detail }) => `  ${verdict.padEnd(7)} ${name}: ${detail}`),
  ]
    .join('\n')
    .trimStart()
}

function segmentLine(name: string, segment: Segment): string[] {
  const { from, to, rows, positives, episodes, prevalence } = segment
  return [name, from.slice(0, 19), to.slice(0, 19), `${rows}`, `${positives}`, `${episodes}`, show(prevalence)]
}

function modelLine(name: string, test: Metrics, validation: Metrics): string[] {
  const { pr_auc, pr_auc_low, pr_auc_high, prevalence } = test
  return [
    name,
    show(pr_auc),
    range(pr_auc_low, pr_auc_high),
    show(prevalence),
    pr_auc === null || prevalence === 0 ? '-' : (pr_auc / prevalence).toFixed(2),
    show(test.roc_auc),
    show(test.f1),
    show(test.brier),
    show(test.ece),
    `${show(validation.pr_auc)} at ${show(validation.prevalence)}`,
  ]
}

/** Lifts over both persistences, timing inside blocks, forecast errors and what a user of alarms feels. */
function timingTable({ models, within_chance, random_alarms }: Evaluation): string {
  const caught = (alarms: ModelResult['alarms']): string =>
    alarms === undefined ? '-' : `${alarms.caught} of ${alarms.onsets}`
  return aligned([
    ['on test', '/ persistence 60 s', '/ persistence 300 s', 'within 10 %', '25 %', 'RMSE ln sigma', 'caught at 6/h'],
    ...Object.values(models).map(({ name, test, against, alarms }) => {
      const over = (baseline: string) => against?.find(one => one.baseline === baseline)?.ratio
      return [
        name,
        paired(over('persistence')),
        paired(over('persistence_300s')),
        show(test.within_top10),
        show(test.within_top25),
        show(test.log_sigma_rmse),
        caught(alarms),
      ]
    }),
    ['chance', '', '', show(within_chance?.top10), show(within_chance?.top25), '', caught(random_alarms)],
  ])
}

/** Whether calibrating on validation helped on test. */
function calibrationLines(models: ModelResult[]): string[] {
  const effects = models.flatMap(({ name, before_calibration: before, test }) =>
    before === undefined ? [] : [`${name} ${show(before.brier)} -> ${show(test.brier)}`],
  )
  return effects.length === 0 ? [] : [`calibrated on validation, Brier on test: ${effects.join(', ')}`]
}

/** The features that the combination leans on most. */
function importanceLines(models: ModelResult[]): string[] {
  const last = models.findLast(({ importance }) => importance !== undefined)
  if (last?.importance === undefined) return []
  const top = last.importance
    .slice(0, 3)
    .map(({ feature, drop, low, high }) => `${feature} ${show(drop)} (${range(low, high)})`)
  return [`importance for ${last.name}, loss of validation PR-AUC: ${top.join(', ')}`]
}

function walkLines({ walk_forward: walk, walk_forward_missing: why }: Evaluation): string[] {
  if (!walk) return [`no walk-forward: ${why ?? 'not asked for'}`]
  return [
    walkHeadline(walk),
    aligned([
      ['pooled', 'PR-AUC', '95 % interval', '/ persistence 60 s', 'within 10 %', '25 %', 'ECE', 'RMSE ln sigma'],
      ...Object.values(walk.models).map(model => [
        model.name,
        show(model.pr_auc),
        range(model.pr_auc_low, model.pr_auc_high),
        paired(model.lift.persistence),
        show(model.within_top10),
        show(model.within_top25),
        show(model.ece),
        show(model.log_sigma_rmse),
      ]),
    ]),
  ]
}
