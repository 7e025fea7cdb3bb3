import type { Config } from '../config.ts'
import type { FeatureTable } from '../features/table.ts'
import type { LinearArtifact } from './artifact.ts'
import { baselines } from './baselines.ts'
import { drawBlocks } from './bootstrap.ts'
import { drawnCurve, reliability } from './curves.ts'
import type { ModelResult, Segment } from './evaluation.ts'
import { weightNames } from './fit.ts'
import { judge } from './judge.ts'
import type { Entrant } from './model.ts'
import { scoreTable } from './score.ts'
import type { SegmentName, Split } from './split.ts'
import { bestThreshold } from './threshold.ts'
import type { VolatilityEntrant } from './volatility_entrants.ts'

export interface Contest {
  table: FeatureTable
  split: Split
  labels: Float64Array
  segments: Record<SegmentName, Segment>
  artifact: LinearArtifact
  volatility: VolatilityEntrant[]
  /** Newton steps of the fit. */
  iterations: number
  config: Config
}

/** Judges baselines and the learned model on the same rows, the same resamples and by the same rules, in the order shown. */
export function judgeModels(contest: Contest): {
  models: Record<string, ModelResult>
  scores: Record<string, Float64Array>
} {
  const { table, split, config } = contest
  const { bootstrap_block_s: block_s, bootstrap_samples: samples, seed } = config.models
  const resamplesOf = (rows: Int32Array) =>
    drawBlocks(
      Float64Array.from(rows, row => table.time[row]),
      { block_s, samples, seed },
    )
  const resamples = { validation: resamplesOf(split.validation), test: resamplesOf(split.test) }
  const har = contest.volatility.filter(({ kind }) => kind === 'baseline')
  const learned = contest.volatility.filter(({ kind }) => kind === 'learned')
  const entrants: Entrant[] = [...baselineEntrants(contest), ...har, logisticEntrant(contest), ...learned]
  return {
    models: Object.fromEntries(entrants.map(entrant => [entrant.name, judgeEntrant(contest, entrant, resamples)])),
    scores: Object.fromEntries(entrants.map(entrant => [entrant.name, entrant.scores])),
  }
}

function judgeEntrant(
  { split, labels, segments }: Contest,
  { scores, probability, name, title, kind, recipe, params, weights }: Entrant,
  resamples: Record<'validation' | 'test', ReturnType<typeof drawBlocks>>,
): ModelResult {
  const of = (segment: SegmentName, values: Float64Array) => Float64Array.from(split[segment], row => values[row])
  const onValidation = bestThreshold(of('validation', labels), of('validation', scores))
  const threshold = onValidation ?? bestThreshold(of('train', labels), of('train', scores))
  const judged = (segment: 'validation' | 'test') =>
    judge({
      labels: of(segment, labels),
      scores: of(segment, scores),
      segment: segments[segment],
      threshold,
      probability,
      resamples: resamples[segment],
    })
  return {
    name,
    title,
    kind,
    recipe,
    ...(weights && { weights }),
    params: { ...params, threshold_picked_on: onValidation === null ? 'train' : 'validation' },
    validation: judged('validation'),
    test: judged('test'),
    curve: drawnCurve(of('test', labels), of('test', scores)),
    reliability: probability ? reliability(of('test', labels), of('test', scores)) : [],
  }
}

function baselineEntrants({ table, artifact }: Contest): Entrant[] {
  return baselines.map(({ name, title, recipe, inputs, score }) => ({
    name,
    title,
    kind: 'baseline',
    recipe,
    params: { input: inputs.join(', ') },
    scores: score(table, artifact.tau),
    probability: false,
  }))
}

function logisticEntrant({ table, artifact, iterations, config }: Contest): Entrant {
  const names = weightNames(artifact)
  return {
    name: artifact.name,
    title: 'Logistic regression',
    kind: 'learned',
    recipe: `L2 logistic regression on ${artifact.inputs.length} standardised features of trailing volatility and activity, one model for all products; nulls by the training median and an indicator.`,
    params: {
      l2: config.models.l2,
      inputs: artifact.inputs.join(', '),
      indicators: artifact.indicators.length,
      newton_steps: iterations,
    },
    weights: artifact.weights
      .map((weight, j) => ({ feature: names[j], weight }))
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    scores: scoreTable(artifact, table),
    probability: true,
  }
}
