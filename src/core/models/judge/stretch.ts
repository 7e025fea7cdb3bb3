import { z } from 'zod'
import type { Config } from '../../../config.ts'
import type { Micros } from '../../events/event.ts'
import { alarmsAtRate, alarmsSchema, randomSmoothScore, tracksOf } from '../metrics/alarms.ts'
import { drawBlocks } from '../metrics/bootstrap.ts'
import { type JudgedRows, joinColumns, joinJudgedRows } from '../metrics/judged_rows.ts'
import { sliceSchema, slicesOf } from '../metrics/slices.ts'
import { cellName, cellsOf, withinChance, withinChanceSchema } from '../metrics/within_block.ts'
import { degenerateReason, type Segment, segmentSchema } from '../split/segment.ts'
import { type Ground, judgeModel, type Scored, standingOf } from './judge.ts'
import { judgedModelSchema } from './judged_model.ts'

/** Rows on which all models were judged: a segment of the split, or all blocks of a walk-forward together. */
export const judgedStretchSchema = segmentSchema.extend({
  /** Blocks of 20 minutes and a product that hold 300 rows. */
  cells: z.number(),
  /** What a score without any knowledge reaches inside them. */
  within_chance: withinChanceSchema,
  /** A smooth random score at six false alarms an hour. */
  random_alarms: alarmsSchema,
  /** The same at fewer false alarms an hour; former evaluations have none. */
  alarm_rates: z
    .array(
      z.strictObject({
        per_hour: z.number(),
        random: alarmsSchema,
        models: z.record(z.string(), alarmsSchema),
      }),
    )
    .default([]),
  slices: z.array(sliceSchema),
  /** By name, in the order in which they are shown. */
  models: z.record(z.string(), judgedModelSchema),
})
export type JudgedStretch = z.infer<typeof judgedStretchSchema>

/** The judged rows of one fold, with the prediction of every model, fitted on earlier rows. A split is a walk of one fold. */
export interface JudgedFold {
  segment: Segment
  /** T from which its 20-minute blocks are counted. */
  from: Micros
  rows: JudgedRows
  /** The same models in each fold, in the order shown, the references among them. */
  models: Scored[]
}

/** False alarms an hour, beside the usual six. */
const rarer = [1, 2]

/** Judges all models on the pooled rows of the folds: the same rows, the same resamples, the same rules. */
export function judgeStretch(folds: JudgedFold[], settings: Config['models']): JudgedStretch {
  const { bootstrap_block_s: block_s, bootstrap_samples: samples, seed } = settings
  const rows = joinJudgedRows(folds.map(fold => fold.rows))
  const models = poolModels(folds)
  const cells = cellsOf(
    folds.flatMap(({ from, rows: { time, product } }, k) =>
      product.map((name, i) => `${k} ${cellName(time[i], name, from)}`),
    ),
  )
  const resamples = drawBlocks(rows.time, rows.group, { block_s, samples, seed })
  const ground: Ground = { segment: poolSegments(folds.map(({ segment }) => segment)), rows, cells, resamples }
  const standings = Object.fromEntries(models.map(model => [model.name, standingOf(ground, model)]))
  const randomScore = randomSmoothScore(rows.time.length, seed)
  return {
    ...ground.segment,
    cells: cells.length,
    within_chance: withinChance(cells, rows.sigma),
    random_alarms: alarmsAtRate(tracksOf(rows, randomScore)),
    alarm_rates: rarer.map(perHour => {
      const at = (score: Float64Array) => alarmsAtRate(tracksOf(rows, score), { perHour, step: 0.1 })
      return {
        per_hour: perHour,
        random: at(randomScore),
        models: Object.fromEntries(models.map(({ name, score }) => [name, at(score)])),
      }
    }),
    slices: slicesOf(rows, Object.fromEntries(models.map(({ name, score }) => [name, score]))),
    models: Object.fromEntries(models.map(model => [model.name, judgeModel(ground, model, standings)])),
  }
}

/** The models of all folds; each has its predictions for the rows of all folds, one fold after the other. */
export function poolModels(folds: JudgedFold[]): Scored[] {
  return folds[0].models.map((model, i) => {
    const parts = folds.map(({ models }) => models[i])
    const sigmas = parts.flatMap(({ sigma }) => (sigma === null ? [] : [sigma]))
    return {
      ...model,
      score: joinColumns(parts.map(({ score }) => score)),
      sigma: sigmas.length === parts.length ? joinColumns(sigmas) : null,
    }
  })
}

function poolSegments(segments: Segment[]): Segment {
  const sum = (of: (segment: Segment) => number): number => segments.reduce((total, one) => total + of(one), 0)
  const [rows, positives, episodes] = [sum(one => one.rows), sum(one => one.positives), sum(one => one.episodes)]
  return {
    from: segments[0].from,
    to: segments[segments.length - 1].to,
    rows,
    positives,
    episodes,
    prevalence: rows > 0 ? positives / rows : 0,
    degenerate: degenerateReason(rows, positives, episodes),
  }
}
