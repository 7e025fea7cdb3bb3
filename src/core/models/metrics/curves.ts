import { countsByScore } from './metrics.ts'

/** Precision-recall points for a plot: recall ascending from the first alarm, at most `most` points, both ends kept. */
export function drawnCurve(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  most = 200,
): { recall: number; precision: number }[] {
  const counts = countsByScore(labels, scores)
  const positives = counts.at(-1)?.tp ?? 0
  if (positives === 0) return []
  const points = counts.map(({ tp, fp }) => ({ recall: tp / positives, precision: tp / (tp + fp) }))
  if (points.length <= most) return points
  // evenly spaced in recall, so that the crowded high-precision end and the long tail are both seen
  const chosen = [points[0]]
  for (const point of points) {
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
