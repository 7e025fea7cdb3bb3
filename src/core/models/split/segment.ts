import { z } from 'zod'
import type { Micros } from '../../events/event.ts'
import type { FeatureTable } from '../../features/table.ts'
import { isoTime } from '../../math/time.ts'
import { countEpisodes } from './episodes.ts'

/** A stretch of labelled rows. */
export const segmentSchema = z.strictObject({
  /** ISO times of the first and the last row's T; both the segment's first second where the purge left no row. */
  from: z.string(),
  to: z.string(),
  rows: z.number(),
  /** Rows with label 1. */
  positives: z.number(),
  episodes: z.number(),
  /** positives / rows. */
  prevalence: z.number(),
  /** Why its figures say little; null where it holds enough. */
  degenerate: z.string().nullable(),
})
export type Segment = z.infer<typeof segmentSchema>

const leastPositives = 30
export const leastEpisodes = 5

/**
 * What a segment holds: span, rows, spikes, and why it is degenerate if it is.
 * @param start T of the first second that the split gave it: its span where the purge left no row.
 */
export function describeSegment(table: FeatureTable, rows: Int32Array, labels: Float64Array, start: Micros): Segment {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  let positives = 0
  for (const row of rows) {
    from = Math.min(from, table.time[row])
    to = Math.max(to, table.time[row])
    positives += labels[row]
  }
  const episodes = countEpisodes(table, rows, labels)
  return {
    from: isoTime(rows.length > 0 ? from : start),
    to: isoTime(rows.length > 0 ? to : start),
    rows: rows.length,
    positives,
    episodes,
    prevalence: rows.length > 0 ? positives / rows.length : 0,
    degenerate: degenerateReason(rows.length, positives, episodes),
  }
}

/** Why no metric of a segment says much, or null. */
export function degenerateReason(rows: number, positives: number, episodes: number): string | null {
  if (rows === 0) return 'no row: the purge (horizon and embargo) took them all'
  if (positives === 0) return 'one class only: no spike'
  if (positives === rows) return 'one class only: nothing but spikes'
  const few = [
    positives < leastPositives ? `${positives} positives, below ${leastPositives}` : '',
    episodes < leastEpisodes ? `${episodes} ${episodes === 1 ? 'episode' : 'episodes'}, below ${leastEpisodes}` : '',
  ].filter(text => text !== '')
  return few.length > 0 ? few.join('; ') : null
}
