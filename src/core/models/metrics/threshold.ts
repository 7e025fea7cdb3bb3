import { countsByScore } from './metrics.ts'

/**
 * The score t whose rule `score >= t` has the best F1; of equals the highest, which gives fewest alarms.
 * @returns null where there is no positive: then every rule has F1 0.
 */
export function bestThreshold(labels: ArrayLike<number>, scores: ArrayLike<number>): number | null {
  const counts = countsByScore(labels, scores)
  const positives = counts.at(-1)?.tp ?? 0
  let best = 0
  let threshold: number | null = null
  for (const { score, tp, fp } of counts) {
    const f1 = (2 * tp) / (tp + fp + positives)
    if (f1 > best) {
      best = f1
      threshold = score
    }
  }
  return threshold
}
