import { rankByScore } from './metrics.ts'

/** Average precision of many labellings by one score, which is ranked once; see `averagePrecision`. */
export function rankedPrecision(scores: Float64Array): (labels: Float64Array) => number {
  const order = rankByScore(scores)
  const lastOfTie = Uint8Array.from(order, (row, i) => (scores[order[i + 1]] === scores[row] ? 0 : 1))
  return labels => {
    let area = 0
    let tp = 0
    let before = 0
    for (let i = 0; i < order.length; i++) {
      tp += labels[order[i]]
      if (lastOfTie[i] === 0 || tp === before) continue
      area += (tp - before) * (tp / (i + 1))
      before = tp
    }
    return area / before
  }
}
