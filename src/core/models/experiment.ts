import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { digestOf } from '../features/digest.ts'
import { horizonSeconds } from '../features/label.ts'
import { specVersion } from '../features/spec.ts'
import type { FeatureTable } from '../features/table.ts'
import type { LinearArtifact, VolatilityArtifact } from './artifact/artifact.ts'
import { auditTraining } from './audit/audit.ts'
import { fitLinear } from './fit/fit.ts'
import { logisticInputs } from './fit/recipe.ts'
import { judgeModels } from './judge/contest.ts'
import type { Evaluation, Segment } from './judge/evaluation.ts'
import { logisticEntrant, ruleEntrants } from './recipes/entrants.ts'
import type { Entrant } from './recipes/model.ts'
import { volatilityEntrants } from './recipes/volatility_entrants.ts'
import { labelRows } from './split/label.ts'
import { describeSegment, isoTime } from './split/segment.ts'
import { labelledRows, type SegmentName, type Split, splitByTime } from './split/split.ts'
import { leaveOutStill, sigmaPercentiles, type Tau, tauFromConfig, tauFromTraining } from './split/tau.ts'

/** Where the rows come from, as the feature file says. */
export interface Source {
  file: string
  /** Digest by the file's metadata; undefined where it says none. */
  digest?: string
  perturbation?: string
  /** Columns of the file that the spec does not know; nothing reads them. */
  unread?: string[]
  simulated: boolean
  config_hash: string
}

/** A training run in memory; nothing is written yet. */
export interface Experiment {
  split: Split
  labels: Float64Array
  tau: Tau
  /** The logistic model. */
  artifact: LinearArtifact
  /** The learned volatility models. */
  volatility: VolatilityArtifact[]
  /** Scores of every row of the table, by model. */
  scores: Record<string, Float64Array>
  evaluation: Evaluation
}

/**
 * Split, tau, labels, fit, scores, audit, in this order; the verdict of the audit is in the evaluation.
 * @param table rows sorted by (product, time), sigma_future known where it can be.
 * @throws SpikeError TOO_FEW_ROWS, ONE_CLASS, BAD_CONFIG.
 */
export function runExperiment(table: FeatureTable, source: Source, config: Config): Experiment {
  const whole = splitByTime(table, config.split)
  const tau = chooseTau(table, whole, config)
  const split = withTau(table, whole, tau)
  const labels = labelRows(table, tau.tau)
  const segments = describeSegments(table, split, labels)
  if (segments.train.positives === 0 || segments.train.positives === segments.train.rows)
    throw new SpikeError(
      'ONE_CLASS',
      `training holds one class only (${segments.train.positives} of ${segments.train.rows} rows are spikes); capture longer, or change label.percentile or label.tau`,
    )

  const { fitted, dropped, iterations } = fitLinear(table, split.train, labels, logisticInputs, config.models.l2)
  const digest = digestOf(table)
  const belonging = {
    version: 1 as const,
    spec_version: specVersion,
    config_hash: source.config_hash,
    simulated: source.simulated,
    threshold: 0.5,
    tau: tau.tau,
    trained_on: { digest, from: segments.train.from, to: segments.train.to, rows: segments.train.rows },
  }
  const artifact: LinearArtifact = {
    format: 'spike60-linear',
    name: 'logistic',
    ...fitted,
    ...belonging,
  }
  const training = { table, rows: split.train, labels, tau: tau.tau }
  const onVolatility = volatilityEntrants(
    training,
    segments.validation.degenerate === null ? split.validation : null,
    config,
  )
  const entrants: Entrant[] = [
    ...ruleEntrants(training),
    ...onVolatility.filter(({ kind }) => kind === 'baseline'),
    logisticEntrant(training, artifact, iterations, config),
    ...onVolatility.filter(({ kind }) => kind === 'learned'),
  ]
  const judgedModels = judgeModels({ table, split, labels, tau: tau.tau, segments, entrants, config })
  const { models } = judgedModels
  const scores = Object.fromEntries(entrants.map(({ name, score }) => [name, score]))
  const volatility = onVolatility
    .filter(({ kind }) => kind === 'learned')
    .map(
      ({ name, fitted: parts }): VolatilityArtifact => ({
        format: 'spike60-volatility',
        name,
        ...parts,
        inputs: parts.readings.map(reading => reading.name),
        ...belonging,
        threshold: models[name].test.threshold ?? belonging.threshold,
      }),
    )
  artifact.threshold = models.logistic.test.threshold ?? artifact.threshold

  const audit = auditTraining({
    table,
    digest: { stated: source.digest, found: digest },
    perturbation: source.perturbation,
    unread: source.unread ?? [],
    split,
    segments,
    labels,
    tau: tau.tau,
    artifact,
    volatility: onVolatility,
    models,
    scores,
    config,
  })
  const labelled = split.train.length + split.validation.length + split.test.length + split.purged
  const [first, last] = spanOf(table)
  const evaluation: Evaluation = {
    simulated: source.simulated,
    spec_version: specVersion,
    config_hash: source.config_hash,
    source: {
      file: source.file,
      digest,
      rows: table.rows,
      labelled,
      products: [...new Set(table.product)],
      from: isoTime(first),
      to: isoTime(last),
    },
    horizon_s: horizonSeconds,
    percentile: config.label.percentile,
    tau: tau.tau,
    tau_source: tau.source,
    splits: { ...segments, purged_rows: split.purged, embargo_s: config.split.embargo_s },
    ...judgedModels,
    audit,
    dropped: dropped.map(({ name, why }) => `${name} (${why})`),
    imputed: artifact.indicators.map(input => artifact.inputs[input]),
    sigma_percentiles: sigmaPercentiles(table, split.train),
  }
  return { split, labels, tau, artifact, volatility, scores, evaluation }
}

function chooseTau(table: FeatureTable, split: Split, { label }: Config): Tau {
  if (label.tau === null) {
    const moving = leaveOutStill(tauFromTraining(table, split.train, label.percentile))
    if (Object.keys(moving.tau).length > 0) return moving
    throw new SpikeError(
      'ONE_CLASS',
      `training holds one class only: ${moving.still.join(', ')} stood still, so tau would be 0 and each second a spike; capture longer, or fix label.tau`,
    )
  }
  return tauFromConfig([...new Set(table.product)], label.tau)
}

/** A product that has no row in training, or stood still there, has no tau, so its rows have no label: they leave all segments. */
function withTau(table: FeatureTable, split: Split, { tau, source }: Tau): Split {
  const kept = (rows: Int32Array): Int32Array => rows.filter(row => table.product[row] in tau)
  const result = { ...split, train: kept(split.train), validation: kept(split.validation), test: kept(split.test) }
  if (result.test.length === 0)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      `no product has rows both in training and in test (tau: ${source}); capture the products over the same time`,
    )
  return result
}

function describeSegments(table: FeatureTable, split: Split, labels: Float64Array): Record<SegmentName, Segment> {
  return {
    train: describeSegment(table, split.train, labels, table.time[labelledRows(table)[0]]),
    validation: describeSegment(table, split.validation, labels, split.validationFrom),
    test: describeSegment(table, split.test, labels, split.testFrom),
  }
}

function spanOf({ time }: FeatureTable): [number, number] {
  return time.reduce(
    ([first, last], t) => [Math.min(first, t), Math.max(last, t)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}
