import { alarmsAtRate, tracksOf } from '../metrics/alarms.ts'
import { intervalOf, type Resamples, resampledMean, resampledPrecision } from '../metrics/bootstrap.ts'
import { type ForecastMetrics, forecastErrors, summariseErrors } from '../metrics/forecast_metrics.ts'
import type { JudgedRows } from '../metrics/judged_rows.ts'
import { atThreshold, averagePrecision, precisionAtTop, rocAuc } from '../metrics/metrics.ts'
import { pairedDifference, pairedRatio, type Resampled } from '../metrics/paired.ts'
import { judgeProbabilities } from '../metrics/probability_metrics.ts'
import { withinBlocks } from '../metrics/within_block.ts'
import type { Prediction } from '../recipes/recipe.ts'
import { ewma, references } from '../recipes/rules.ts'
import type { Segment } from '../split/segment.ts'
import type { JudgedModel, Named } from './judged_model.ts'

/** A model before it is judged: its prediction for each row, in the order of the rows. */
export interface Scored extends Named, Prediction {
  /** Whether scores are probabilities. */
  probability: boolean
  /** Picked on other rows; null where none was. */
  threshold: number | null
}

/** What all models are judged on. */
export interface Ground {
  segment: Segment
  rows: JudgedRows
  /** Rows by block of time and product. */
  cells: Int32Array[]
  /** Null where the rows are too few for intervals. */
  resamples: Resamples | null
}

/** The two figures by which models are compared, computed once on all rows and on each resample. */
export interface Standing {
  precision: Resampled
  /** Null for a model that forecasts no sigma. */
  forecast: (ForecastMetrics & { rmse: Resampled }) | null
}

export function standingOf({ rows, resamples }: Ground, { score, sigma }: Scored): Standing {
  const errors = sigma && forecastErrors(sigma, rows.sigma)
  const forecast = errors && summariseErrors(errors)
  return {
    precision: {
      value: averagePrecision(rows.label, score),
      drawn: resamples && resampledPrecision(rows.label, score, resamples),
    },
    forecast: forecast && {
      ...forecast,
      rmse: {
        value: forecast.log_sigma_rmse,
        drawn: resamples && resampledMean(errors.squaredLog, resamples).map(Math.sqrt),
      },
    },
  }
}

/** All figures of one model. What cannot be computed is null, with its reason. @param standings of all models, by name. */
export function judgeModel(ground: Ground, scored: Scored, standings: Record<string, Standing>): JudgedModel {
  const { segment, cells, resamples } = ground
  const { label, sigma: realised } = ground.rows
  const { name, title, kind, score, threshold, probability } = scored
  const { precision, forecast } = standings[name]
  const { rows, positives } = segment
  const noRow = rows === 0 ? 'no row' : null
  const noSpike = noRow ?? (positives === 0 ? 'no spike in the segment' : null)
  const oneClass = noSpike ?? (positives === rows ? 'nothing but spikes in the segment' : null)
  const interval = noSpike === null && precision.drawn ? intervalOf(precision.drawn) : null
  const noInterval = noSpike ?? (interval ? null : whyNoInterval(resamples))
  const noThreshold = threshold === null ? 'no threshold was picked' : null
  const noCut = noSpike ?? noThreshold
  const noProbability = probability ? noRow : 'the score is not a probability'
  const noForecast = forecast === null ? 'the model forecasts no sigma' : noRow
  const ewmaError = standings[ewma.name].forecast!.rmse
  const noRatio = noForecast ?? (ewmaError.value > 0 ? null : 'EWMA makes no error on these rows')
  const noCell = noRow ?? (cells.length === 0 ? 'no 20 minutes of a product hold 300 rows' : null)
  const why = {
    ...{ pr_auc: noSpike, pr_auc_low: noInterval, pr_auc_high: noInterval, roc_auc: oneClass },
    ...{ f1: noCut, precision: noCut, recall: noCut, threshold: noThreshold },
    ...{ brier: noProbability, log_loss: noProbability, ece: noProbability, brier_skill: noProbability ?? oneClass },
    ...{ precision_top1: noRow, precision_top5: noRow },
    ...{ log_sigma_rmse: noForecast, qlike: noForecast, floored: noForecast, rmse_ratio: noRatio },
    ...{ within_top10: noCell, within_top25: noCell },
  }
  const others = noSpike === null ? references.map(rule => rule.name).filter(other => other !== name) : []
  const cut = noCut === null ? atThreshold(label, score, threshold!) : null
  const probable = noProbability === null ? judgeProbabilities(label, score) : null
  const forecasts = noForecast === null ? forecast : null
  return {
    ...{ name, title, kind },
    pr_auc: noSpike === null ? precision.value : null,
    pr_auc_low: interval?.low ?? null,
    pr_auc_high: interval?.high ?? null,
    roc_auc: oneClass === null ? rocAuc(label, score) : null,
    f1: cut?.f1 ?? null,
    precision: cut?.precision ?? null,
    recall: cut?.recall ?? null,
    threshold,
    brier: probable?.brier ?? null,
    log_loss: probable?.log_loss ?? null,
    brier_skill: probable?.brier_skill ?? null,
    ece: probable?.ece ?? null,
    precision_top1: noRow === null ? precisionAtTop(label, score, 0.01) : null,
    precision_top5: noRow === null ? precisionAtTop(label, score, 0.05) : null,
    ...withinBlocks(cells, realised, score),
    log_sigma_rmse: forecasts?.log_sigma_rmse ?? null,
    qlike: forecasts?.qlike ?? null,
    floored: forecasts?.floored ?? null,
    rmse_ratio: noRatio === null ? pairedRatio(forecast!.rmse, ewmaError) : null,
    lift: Object.fromEntries(others.map(other => [other, pairedRatio(precision, standings[other].precision)])),
    gain: Object.fromEntries(others.map(other => [other, pairedDifference(precision, standings[other].precision)])),
    alarms: alarmsAtRate(tracksOf(ground.rows, score)),
    degenerate: Object.fromEntries(
      Object.entries(why).flatMap(([figure, reason]) => (reason === null ? [] : [[figure, reason]])),
    ),
  }
}

function whyNoInterval(resamples: Resamples | null): string {
  return resamples === null
    ? 'segment shorter than two blocks of the bootstrap'
    : 'more than half of the block resamples hold no spike'
}
