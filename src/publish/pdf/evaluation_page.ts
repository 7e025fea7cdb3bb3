import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../../core/models/judge/judged_model.ts'
import type { JudgedStretch } from '../../core/models/judge/stretch.ts'
import type { Segment } from '../../core/models/split/segment.ts'
import { segmentNames } from '../../core/models/split/split.ts'
import { costCurves, readCosts } from '../cost_curves.ts'
import type { Exploration } from '../eda/explore.ts'
import type { TauChoice } from '../eda/tau_choice.ts'
import { compareCandidates, weighCandidates } from '../eda/tau_tables.ts'
import { basisPoints, count, percent, score, utc } from '../numbers.ts'
import { tauChoiceOf } from '../plots/tau_plots.ts'
import { alarmTable, rarerAlarms } from '../sections/alarms.ts'
import { calibrationGain } from '../sections/calibration.ts'
import { confusionOf } from '../sections/confusion.ts'
import { findings } from '../sections/findings.ts'
import { foldTable } from '../sections/folds.ts'
import { leanings } from '../sections/importance.ts'
import { modelTable } from '../sections/model_table.ts'
import { moreScores } from '../sections/more_scores.ts'
import { readWalkForward } from '../sections/readings.ts'
import { sliceTable } from '../sections/slices.ts'
import { giveVerdict } from '../verdict.ts'

/** What the evaluation report prints, every number already a text. @param plots the plots that there are by name, each in words. */
export function evaluationPage(evaluation: Evaluation, plots: Record<string, string>, exploration?: Exploration) {
  const { source, splits, walk_forward, walk_forward_missing } = evaluation
  const choice = tauChoiceOf(evaluation, exploration)
  const costs = costCurves(evaluation)
  return {
    simulated: evaluation.simulated,
    verdict: giveVerdict(evaluation),
    plots,
    unshown_strips: Math.max(0, source.products.length - 2),
    products: source.products.join(', '),
    from: utc(source.from),
    to: utc(source.to),
    horizon: String(evaluation.horizon_s),
    models: modelTable(evaluation),
    more: moreScores(evaluation),
    findings: findings(evaluation),
    calibration: calibrationGain(evaluation),
    thresholds: Object.values(splits.test.models).map(model =>
      thresholdRow(model, splits.validation.models[model.name]),
    ),
    confusion: confusionOf(evaluation) ?? null,
    recipes: Object.values(evaluation.models).map(({ title, kind, recipe }) => [
      title,
      kind,
      recipe.replace(/\.$/, ''),
    ]),
    walk_forward: walk_forward && foldTable(walk_forward, evaluation),
    walk_forward_missing,
    readings: readWalkForward(evaluation),
    alarms: alarmTable(evaluation),
    rarer_alarms: rarerAlarms(evaluation),
    costs: costs ? readCosts(costs) : null,
    slices: sliceTable(evaluation) ?? null,
    leanings: leanings(evaluation),
    segments: segmentNames.map(name => segmentRow(name, splits[name])),
    degenerate: segmentNames.flatMap(name =>
      splits[name].degenerate === null ? [] : [`${name}: ${splits[name].degenerate}`],
    ),
    undefined_metrics: undefinedMetrics(splits.test),
    purged: count(splits.purged_rows),
    embargo: String(splits.embargo_s),
    tau: Object.entries(evaluation.tau).map(([product, tau]) => [product, basisPoints(tau), tau.toPrecision(6)]),
    tau_source: evaluation.tau_source,
    tau_choice: choice ? tauCells(choice) : null,
    audit: evaluation.audit,
    dropped: evaluation.dropped,
    imputed: evaluation.imputed,
    reproduce: [
      ['Feature file', source.file],
      ['Digest of its rows', source.digest],
      ['Rows, of them labelled', `${count(source.rows)}, ${count(source.labelled)}`],
      ['Spec version', evaluation.spec_version],
      ['Config hash', evaluation.config_hash],
    ],
  }
}

function thresholdRow({ title, threshold, f1, precision, recall }: JudgedModel, validation: JudgedModel): string[] {
  const before = [validation.f1, validation.precision, validation.recall]
  return [title, ...[threshold, ...before, f1, precision, recall].map(value => score(value))]
}

/** Reasons that hold for a kind of model on any data; the page says them once. */
const ofItsKind = ['the score is not a probability', 'the model forecasts no sigma']

/** What test leaves undefined, a text per reason: metrics, models, why. */
function undefinedMetrics({ models }: JudgedStretch): string[] {
  const all = Object.values(models)
  const reasons = new Map<string, { metrics: Set<string>; titles: Set<string> }>()
  for (const { title, degenerate } of all)
    for (const [metric, reason] of Object.entries(degenerate)) {
      if (ofItsKind.includes(reason)) continue
      const found = reasons.get(reason) ?? { metrics: new Set(), titles: new Set() }
      found.metrics.add(metric.replaceAll('_', ' '))
      found.titles.add(title)
      reasons.set(reason, found)
    }
  return [...reasons].map(([reason, { metrics, titles }]) => {
    const of = titles.size === all.length ? 'all models' : [...titles].join(', ')
    return `${[...metrics].join(' and ')} of ${of}, because ${reason}`
  })
}

function segmentRow(name: string, segment: Segment): string[] {
  const { from, to, rows, positives, episodes, prevalence } = segment
  return [name, utc(from), utc(to), count(rows), count(positives), count(episodes), percent(prevalence)]
}

/** The comparison of candidates, narrow enough for a page. */
function tauCells(choice: TauChoice) {
  const { header, rows } = compareCandidates(choice)
  return {
    header,
    rows: rows.map(row => row.map(cell => cell.replace(/ episodes?$/, ''))),
    findings: weighCandidates(choice).map(line => line.replaceAll('**', '')),
  }
}
