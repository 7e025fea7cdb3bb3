import { log, square } from '../../math/numeric.ts'
import { countAtMost, countBelow } from '../../math/search.ts'

/** Labels are 0 or 1. Definitions are scikit-learn's; ties never depend on the order of rows. */
type Labels = ArrayLike<number>
type Scores = ArrayLike<number>

/** Row indices by score, highest first. */
export function rankByScore(scores: Scores): Uint32Array {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
  return order.sort((a, b) => scores[b] - scores[a] || a - b)
}

/** Counts at each distinct score t, highest first: rows with score >= t that are label 1 (tp) and label 0 (fp). */
export function countsByScore(labels: Labels, scores: Scores): { score: number; tp: number; fp: number }[] {
  const order = rankByScore(scores)
  const counts: { score: number; tp: number; fp: number }[] = []
  let tp = 0
  for (let i = 0; i < order.length; i++) {
    tp += labels[order[i]]
    const score = scores[order[i]]
    if (i + 1 === order.length || scores[order[i + 1]] !== score) counts.push({ score, tp, fp: i + 1 - tp })
  }
  return counts
}

/** Average precision: sum of (R_n - R_(n-1)) P_n over distinct scores; not the trapezoid. NaN without a positive. */
export function averagePrecision(labels: Labels, scores: Scores): number {
  let area = 0
  let before = 0
  for (const { tp, fp } of countsByScore(labels, scores)) {
    area += (tp - before) * (tp / (tp + fp))
    before = tp
  }
  return area / before
}

/**
 * Precision and recall at `score >= threshold`, thresholds ascending, then the point (1, 0) that has no threshold.
 * Recall is 1 throughout where there is no positive.
 */
export function precisionRecallCurve(
  labels: Labels,
  scores: Scores,
): { precision: number[]; recall: number[]; thresholds: number[] } {
  const counts = countsByScore(labels, scores).reverse()
  const positives = counts.length > 0 ? counts[0].tp : 0
  return {
    precision: [...counts.map(({ tp, fp }) => tp / (tp + fp)), 1],
    recall: [...counts.map(({ tp }) => (positives > 0 ? tp / positives : 1)), 0],
    thresholds: counts.map(({ score }) => score),
  }
}

/**
 * Probability that a positive scores above a negative, ties counted half (Mann, Whitney); pairs are counted in whole numbers,
 * so nothing is rounded before the last division. NaN for one class only.
 */
export function rocAuc(labels: Labels, scores: Scores): number {
  const negatives = new Float64Array(labels.length)
  const positives = new Float64Array(labels.length)
  let p = 0
  let n = 0
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 1) positives[p++] = scores[i]
    else negatives[n++] = scores[i]
  }
  const sorted = negatives.subarray(0, n).sort()
  let halves = 0
  for (let i = 0; i < p; i++) halves += countBelow(sorted, positives[i]) + countAtMost(sorted, positives[i])
  return halves / 2 / p / n
}

export interface Confusion {
  tp: number
  fp: number
  fn: number
  tn: number
  /** 0 where the denominator is 0, as scikit-learn. */
  precision: number
  recall: number
  f1: number
}

/** Precision, recall and F1 of the rule `score >= threshold`. */
export function atThreshold(labels: Labels, scores: Scores, threshold: number): Confusion {
  let tp = 0
  let fp = 0
  let positives = 0
  for (let i = 0; i < labels.length; i++) {
    positives += labels[i]
    if (scores[i] < threshold) continue
    if (labels[i] === 1) tp++
    else fp++
  }
  const fn = positives - tp
  const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)
  return {
    tp,
    fp,
    fn,
    tn: labels.length - positives - fp,
    precision: share(tp, tp + fp),
    recall: share(tp, positives),
    f1: share(2 * tp, 2 * tp + fp + fn),
  }
}

/** Share of positives among the `share` of rows with the highest scores; ties at the edge count by their mean. */
export function precisionAtTop(labels: Labels, scores: Scores, share: number): number {
  const order = rankByScore(scores)
  const size = Math.max(1, Math.floor(order.length * share))
  const edge = scores[order[size - 1]]
  let sure = 0
  let sureHits = 0
  let tied = 0
  let tiedHits = 0
  for (const row of order) {
    if (scores[row] < edge) break
    if (scores[row] > edge) {
      sure++
      sureHits += labels[row]
    } else {
      tied++
      tiedHits += labels[row]
    }
  }
  return (sureHits + ((size - sure) * tiedHits) / tied) / size
}

/** Mean of (y - p)^2. NaN without rows. */
export function brierScore(labels: Labels, probabilities: Scores): number {
  let sum = 0
  for (let i = 0; i < labels.length; i++) sum += square(labels[i] - probabilities[i])
  return sum / labels.length
}

/** -mean of ln of the probability given to what happened, clipped to [2.2e-16, 1 - 2.2e-16]. NaN without rows. */
export function logLoss(labels: Labels, probabilities: Scores): number {
  let sum = 0
  for (let i = 0; i < labels.length; i++) {
    const p = Math.min(Math.max(probabilities[i], Number.EPSILON), 1 - Number.EPSILON)
    sum -= log(labels[i] === 1 ? p : 1 - p)
  }
  return sum / labels.length
}
