import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../features/table.ts'
import { tracksOf } from '../metrics/alarm_tracks.ts'
import { alarmsAtRate, falseAlarmsPerHour, randomSmoothScore } from '../metrics/alarms.ts'
import { drawBlocks, type Resamples, resampledPrecision } from '../metrics/bootstrap.ts'
import { drawnCurve, reliability } from '../metrics/curves.ts'
import { pairedDifference, pairedRatio } from '../metrics/group_bootstrap.ts'
import { type JudgedRows, judgedRows } from '../metrics/judged_rows.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import { judgeProbabilities } from '../metrics/probability_metrics.ts'
import { slicesOf } from '../metrics/slices.ts'
import { bestThreshold } from '../metrics/threshold.ts'
import { cellName, cellsOf, withinChance } from '../metrics/within_block.ts'
import type { Entrant } from '../recipes/model.ts'
import type { SegmentName, Split } from '../split/split.ts'
import type { Evaluation, ModelResult, Segment } from './evaluation.ts'
import { permutationImportance } from './importance.ts'
import { judge } from './judge.ts'
import { overRivals } from './reference_baselines.ts'

export interface Contest {
  table: FeatureTable
  split: Split
  labels: Float64Array
  tau: Record<string, number>
  segments: Record<SegmentName, Segment>
  /** In the order shown; the rivals of `rivals.ts` are among them. */
  entrants: Entrant[]
  config: Config
}

type JudgedSegment = 'validation' | 'test'

/** What all entrants are judged on in one segment. */
interface Ground extends JudgedRows {
  rows: Int32Array
  segment: Segment
  cells: Int32Array[]
  resamples: Resamples | null
}

/** Judges all entrants on the same rows, the same resamples and by the same rules. */
export function judgeModels(
  contest: Contest,
): Required<Pick<Evaluation, 'models' | 'slices' | 'within_chance' | 'random_alarms'>> {
  const { entrants, config } = contest
  const validation = groundOf(contest, 'validation')
  const test = groundOf(contest, 'test')
  const scores = Object.fromEntries(entrants.map(({ name, score }) => [name, scoresOn(test, score)]))
  const onTest = Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, standingOf(test, score)]))
  const random = randomSmoothScore(test.rows.length, config.models.seed)
  return {
    models: Object.fromEntries(
      entrants.map(entrant => [
        entrant.name,
        {
          ...judgeEntrant(contest, entrant, validation, test, onTest[entrant.name]),
          against: compare(entrant.name, test, onTest),
        },
      ]),
    ),
    slices: slicesOf(test, scores),
    within_chance: withinChance(test.cells, test.sigma),
    random_alarms: alarmsAtRate(tracksOf(test, random), falseAlarmsPerHour),
  }
}

function groundOf({ table, split, labels, tau, segments, config }: Contest, name: JudgedSegment): Ground {
  const rows = split[name]
  const judged = judgedRows(table, rows, labels, tau, name)
  const from = { validation: split.validationFrom, test: split.testFrom }[name]
  const { bootstrap_block_s: block_s, bootstrap_samples: samples, seed } = config.models
  return {
    ...judged,
    rows,
    segment: segments[name],
    cells: cellsOf(judged.product.map((product, i) => cellName(judged.time[i], product, from))),
    resamples: drawBlocks(judged.time, { block_s, samples, seed }),
  }
}

/** PR-AUC, and that of each resample; null where the segment is too short for them. */
interface Standing {
  value: number
  drawn: Float64Array | null
}

function standingOf({ label, resamples }: Ground, score: Float64Array): Standing {
  return {
    value: averagePrecision(label, score),
    drawn: resamples && resampledPrecision(label, score, resamples),
  }
}

/** A model's lift and gain over the rivals, resampled together; nothing where the segment holds no spike. */
function compare(name: string, { segment }: Ground, standings: Record<string, Standing>): ModelResult['against'] {
  if (segment.positives === 0) return []
  const none = new Float64Array(1).fill(Number.NaN)
  const { value, drawn } = standings[name]
  const entries = overRivals(name, rival => {
    const other = standings[rival]
    const both = [value, other.value, drawn ?? none, other.drawn ?? none] as const
    return { baseline: rival, ratio: pairedRatio(...both), difference: pairedDifference(...both) }
  })
  return Object.values(entries)
}

function judgeEntrant(
  { table, split, labels, segments }: Contest,
  { score, sigma, probability, name, title, kind, recipe, params, weights, scorer, uncalibrated }: Entrant,
  validation: Ground,
  test: Ground,
  standing: Standing,
): ModelResult {
  const onTraining = (values: Float64Array): Float64Array => Float64Array.from(split.train, row => values[row])
  const onValidation = bestThreshold(validation.label, scoresOn(validation, score))
  const threshold = onValidation ?? bestThreshold(onTraining(labels), onTraining(score))
  const judged = (ground: Ground, { drawn }: Standing) => {
    const { label, sigma: realised, segment, cells } = ground
    const predicted = sigma && scoresOn(ground, sigma)
    const scores = scoresOn(ground, score)
    return judge({ labels: label, realised, scores, sigma: predicted, segment, cells, threshold, probability, drawn })
  }
  const onTest = scoresOn(test, score)
  const isRanked = scorer !== undefined && segments.validation.degenerate === null
  return {
    name,
    title,
    kind,
    recipe,
    ...(weights && { weights }),
    params: { ...params, threshold_picked_on: onValidation === null ? 'train' : 'validation' },
    validation: judged(validation, standingOf(validation, scoresOn(validation, score))),
    test: judged(test, standing),
    curve: drawnCurve(test.label, onTest),
    ...(uncalibrated &&
      test.rows.length > 0 && { before_calibration: judgeProbabilities(test.label, uncalibrated(test.rows)) }),
    reliability: probability ? reliability(test.label, onTest) : [],
    alarms: alarmsAtRate(tracksOf(test, onTest), falseAlarmsPerHour),
    ...(isRanked && { importance: permutationImportance(table, split.validation, labels, scorer) }),
  }
}

function scoresOn({ rows }: Ground, values: Float64Array): Float64Array {
  return Float64Array.from(rows, row => values[row])
}
