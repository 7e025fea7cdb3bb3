import { horizonSeconds } from '../../features/label.ts'
import { countsByScore, rankByScore } from './metrics.ts'

/** What an alarm at `score` and above would have found, was right in, and how often it would have sounded. */
export interface CurvePoint {
  score: number
  recall: number
  precision: number
  /** Share of rows with an alarm. */
  alarmed: number
}

/** Precision-recall points for a plot: recall ascending from the first alarm, at most `most` points, both ends kept. */
export function drawnCurve(labels: ArrayLike<number>, scores: ArrayLike<number>, most = 200): CurvePoint[] {
  const counts = countsByScore(labels, scores)
  const positives = counts.at(-1)?.tp ?? 0
  if (positives === 0) return []
  const points = counts.map(({ score, tp, fp }) => ({
    score,
    recall: tp / positives,
    precision: tp / (tp + fp),
    alarmed: (tp + fp) / labels.length,
  }))
  if (points.length <= most) return points
  // evenly spaced in recall, so that the crowded high-precision end and the long tail are both seen
  const chosen = [points[0]]
  for (const point of points.slice(1)) {
    if (point.recall >= chosen[0].recall + ((1 - chosen[0].recall) * chosen.length) / (most - 1)) chosen.push(point)
  }
  const last = points[points.length - 1]
  return [...chosen.filter(point => point !== last).slice(0, most - 1), last]
}

/**
 * Reliability in equal bins (a, b] of the predicted probability, empty bins left out: mean prediction and share of
 * positives, as scikit-learn's calibration_curve(strategy='uniform').
 */
export function reliability(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  bins = 10,
): { predicted: number; observed: number; rows: number }[] {
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, rows: 0 }))
  const edges = Array.from({ length: bins - 1 }, (_, b) => (b + 1) / bins)
  for (let i = 0; i < labels.length; i++) {
    const above = edges.findIndex(edge => probabilities[i] <= edge)
    const bin = sums[above < 0 ? bins - 1 : above]
    bin.predicted += probabilities[i]
    bin.observed += labels[i]
    bin.rows++
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map(({ predicted, observed, rows }) => ({ predicted: predicted / rows, observed: observed / rows, rows }))
}

/** Expected calibration error: mean of |share of positives - mean prediction| over the bins of `reliability`, by their rows. */
export function calibrationError(bins: { predicted: number; observed: number; rows: number }[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0)
  return bins.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.observed - bin.predicted), 0)
}

/** Some rows of like probability: what was said, what came true, and how far that could be luck. */
export interface ReliabilityBin {
  predicted: number
  observed: number
  rows: number
  /** 95 % interval of the share. */
  low: number
  high: number
}

/**
 * Reliability in bins of equally many rows, so that no dot rests on a handful; rows of one probability stay together. The interval is
 * Wilson's (1927), in which a row counts for a 60th: neighbouring labels share 59 of 60 returns.
 */
export function reliabilityByQuantile(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const order = rankByScore(probabilities).reverse()
  const found: { predicted: number; positives: number; rows: number }[] = []
  let last = -1
  for (const [place, row] of order.entries()) {
    const tied = place > 0 && probabilities[row] === probabilities[order[place - 1]]
    const bin = Math.floor((place * bins) / order.length)
    if (!tied && bin !== last) {
      found.push({ predicted: 0, positives: 0, rows: 0 })
      last = bin
    }
    const current = found[found.length - 1]
    current.predicted += probabilities[row]
    current.positives += labels[row]
    current.rows++
  }
  return found.map(({ predicted, positives, rows }) => {
    const observed = positives / rows
    return { predicted: predicted / rows, observed, rows, ...wilson(observed, Math.max(1, rows / horizonSeconds)) }
  })
}

function wilson(share: number, trials: number): { low: number; high: number } {
  const z = 1.959964
  const middle = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials)
  const half =
    (z / (1 + (z * z) / trials)) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
