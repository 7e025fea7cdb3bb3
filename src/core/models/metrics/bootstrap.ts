import { percentileOf } from '../../math/percentile.ts'
import { seededRandom } from '../../math/random.ts'
import { rankByScore } from './metrics.ts'

export interface BootstrapSettings {
  /** Length of a block in seconds with rows; spikes cluster, so single rows must not be drawn. */
  block_s: number
  samples: number
  seed: number
}

/** How often each second of a segment is drawn in each sample. */
export interface Resamples {
  /** Index of each row's second. */
  secondOf: Uint32Array
  /** One array a sample: times that each second was drawn. */
  counts: Uint16Array[]
}

/**
 * Moving-block resamples of a segment's distinct seconds: blocks of `block_s` consecutive seconds, starts uniform, the last
 * block cut so that each sample is as long as the segment. Rows of all products at one second move together. Source:
 * Kuensch (1989), Liu and Singh (1992).
 * @param times T of each row in microseconds.
 * @returns null where the segment is shorter than two blocks.
 */
export function drawBlocks(times: Float64Array, settings: BootstrapSettings): Resamples | null {
  const seconds = Float64Array.from(new Set(times)).sort()
  const { block_s, samples, seed } = settings
  if (seconds.length < 2 * block_s) return null
  const place = new Map(Array.from(seconds, (second, i) => [second, i]))
  const random = seededRandom(seed)
  const starts = seconds.length - block_s + 1
  const counts = Array.from({ length: samples }, () => {
    const drawn = new Uint16Array(seconds.length)
    for (let left = seconds.length; left > 0; left -= block_s) {
      const start = Math.floor(random() * starts)
      const end = start + Math.min(block_s, left)
      for (let i = start; i < end; i++) drawn[i]++
    }
    return drawn
  })
  return { secondOf: Uint32Array.from(times, time => place.get(time)!), counts }
}

/**
 * Average precision of each sample; NaN for one without a positive. Rows are ranked once, a sample is one pass over them.
 */
export function resampledPrecision(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  { secondOf, counts }: Resamples,
): Float64Array {
  const order = rankByScore(scores)
  const rows = order.length
  const second = Uint32Array.from(order, row => secondOf[row])
  const positive = Uint8Array.from(order, row => labels[row])
  const lastOfTie = Uint8Array.from(order, (row, i) => (i + 1 < rows && scores[order[i + 1]] === scores[row] ? 0 : 1))
  return Float64Array.from(counts, drawn => {
    let tp = 0
    let seen = 0
    let before = 0
    let area = 0
    for (let i = 0; i < rows; i++) {
      const weight = drawn[second[i]]
      seen += weight
      if (positive[i] === 1) tp += weight
      if (lastOfTie[i] === 1 && tp > before) {
        area += (tp - before) * (tp / seen)
        before = tp
      }
    }
    return before > 0 ? area / before : Number.NaN
  })
}

/**
 * 95 % percentile interval of a resampled statistic.
 * @returns null where more than half of the samples have none: too few of them hold a positive.
 */
export function intervalOf(resampled: Float64Array): { low: number; high: number } | null {
  const defined = resampled.filter(value => !Number.isNaN(value))
  if (defined.length < resampled.length / 2) return null
  return { low: percentileOf(defined, 2.5), high: percentileOf(defined, 97.5) }
}
