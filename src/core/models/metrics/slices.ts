import { z } from 'zod'
import { groupIndices } from '../../math/group_indices.ts'
import { isoTime } from '../../math/time.ts'
import { countEpisodes } from '../split/episodes.ts'
import type { JudgedRows } from './judged_rows.ts'
import { averagePrecision } from './metrics.ts'

/** A part of the judged rows, with the PR-AUC of every model on it; null where the part holds fewer than 30 spikes. */
export const sliceSchema = z.strictObject({
  by: z.enum(['product', 'regime', 'day', 'hour']),
  name: z.string(),
  rows: z.number(),
  positives: z.number(),
  episodes: z.number(),
  pr_auc: z.record(z.string(), z.number().nullable()),
})
export type Slice = z.infer<typeof sliceSchema>

/** Spikes below which the average precision of a part says nothing. */
const leastPositives = 30

/**
 * PR-AUC of every score by product, regime of volatility_300s, day (group) and hour (UTC); null for parts of fewer than 30
 * spikes. A single day is not shown.
 */
export function slicesOf(judged: JudgedRows, scores: Record<string, Float64Array>): Slice[] {
  const { group, product, time, level, tau } = judged
  const names: [Slice['by'], (i: number) => string][] = [
    ['product', i => product[i]],
    ['regime', i => regimeOf(level[i] / tau[i])],
    ['day', i => group[i]],
    ['hour', i => isoTime(time[i]).slice(11, 13)],
  ]
  return names.flatMap(([by, of]) => {
    const parts = groupIndices(product.length, of)
    if (by === 'day' && parts.size === 1) return []
    return [...parts.keys()].sort().map(name => sliceOf(judged, scores, by, name, parts.get(name)!))
  })
}

/** Where the last five minutes stand to tau. */
function regimeOf(ratio: number): string {
  if (Number.isNaN(ratio)) return 'unknown after reset'
  return ratio < 1 / 3 ? 'calm, below tau/3' : ratio < 2 / 3 ? 'usual, below 2 tau/3' : 'loud, from 2 tau/3'
}

function sliceOf(
  { product, time, label }: JudgedRows,
  scores: Record<string, Float64Array>,
  by: Slice['by'],
  name: string,
  rows: number[],
): Slice {
  const labels = Uint8Array.from(rows, i => label[i])
  const positives = labels.reduce((sum, one) => sum + one, 0)
  const inOrder = [...rows].sort((a, b) =>
    product[a] < product[b] ? -1 : product[a] > product[b] ? 1 : time[a] - time[b],
  )
  const precision = (score: Float64Array): number =>
    averagePrecision(
      labels,
      Float64Array.from(rows, i => score[i]),
    )
  return {
    by,
    name,
    rows: rows.length,
    positives,
    episodes: countEpisodes({ product, time }, inOrder, label),
    pr_auc: Object.fromEntries(
      Object.entries(scores).map(([model, score]) => [model, positives < leastPositives ? null : precision(score)]),
    ),
  }
}
