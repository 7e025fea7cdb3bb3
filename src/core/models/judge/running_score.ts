import type { Config } from '../../../config.ts'
import type { Micros } from '../../events/event.ts'
import type { Paired } from '../metrics/paired.ts'
import { precisionDifference } from '../metrics/precision_difference.ts'
import { countEpisodes } from '../split/episodes.ts'
import { degenerateReason } from '../split/segment.ts'

/** A settled prediction beside the plain forecast of the same row. */
export interface ScoredRow {
  time: Micros
  probability: number
  /** EWMA 120 s over tau. */
  ewma: number
  label: 0 | 1
}

/** 99 %: it is looked at again and again. */
const level = 99
/** So many times the resamples of an interval of 95 %. */
const more = 5

/**
 * PR-AUC of what a model has said of a product less that of EWMA on the same rows, with its interval; null where they say too
 * little: fewer than 30 spikes or 5 episodes.
 * @param rows in order of time.
 */
export function differenceToEwma(
  rows: ScoredRow[],
  {
    bootstrap_block_s: block_s,
    bootstrap_samples,
    seed,
  }: Pick<Config['models'], 'bootstrap_block_s' | 'bootstrap_samples' | 'seed'>,
): Paired | null {
  const time = Float64Array.from(rows, row => row.time)
  const labels = Float64Array.from(rows, row => row.label)
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const places = Int32Array.from(rows.keys())
  const episodes = countEpisodes({ product: rows.map(() => ''), time }, places, labels)
  if (degenerateReason(rows.length, positives, episodes) !== null) return null
  const scores = (['probability', 'ewma'] as const).map(name => Float64Array.from(rows, row => row[name]))
  const [probability, ewma] = scores
  return precisionDifference(labels, [probability, ewma], time, {
    block_s,
    samples: more * bootstrap_samples,
    seed,
    level,
  })
}
