import { percentileOf } from '../../math/percentile.ts'
import { seededRandom } from '../../math/random.ts'
import { rankByScore } from './metrics.ts'

export interface BootstrapSettings {
  /** Length of a block in seconds with rows; spikes cluster, so single rows must not be drawn. */
  block_s: number
  samples: number
  seed: number
}

/** How often each second is drawn in each sample. */
export interface Resamples {
  /** Index of each row's second. */
  secondOf: Uint32Array
  /** One array per sample: times that each second was drawn. */
  counts: Uint16Array[]
}

/**
 * Moving-block resamples of rows: blocks of `block_s` consecutive seconds, starts uniform, the last block cut so that each sample
 * is as long as the rows. Rows of all products at one second move together. Source: Kuensch (1989), Liu and Singh (1992). Blocks
 * are drawn inside each group, so a sample holds as much of each group as there is; one shorter than two blocks is taken as it is.
 * @param times T of each row in microseconds. @param group name of each row's group; rows of a group lie together.
 * @returns null where every group is shorter than two blocks.
 */
export function drawBlocks(times: Float64Array, group: string[], settings: BootstrapSettings): Resamples | null {
  const secondOf = new Uint32Array(times.length)
  const drawn: Uint16Array[][] = []
  let seconds = 0
  let isDrawn = false
  for (const [index, name] of [...new Set(group)].entries()) {
    const from = group.indexOf(name)
    const inside = times.subarray(from, group.lastIndexOf(name) + 1)
    const own = Float64Array.from(new Set(inside)).sort()
    const place = new Map(Array.from(own, (second, i) => [second, seconds + i]))
    inside.forEach((time, i) => {
      secondOf[from + i] = place.get(time)!
    })
    isDrawn ||= own.length >= 2 * settings.block_s
    drawn.push(drawSeconds(own.length, { ...settings, seed: settings.seed + index }))
    seconds += own.length
  }
  if (!isDrawn) return null
  const counts = Array.from({ length: settings.samples }, (_, sample) => {
    const whole = new Uint16Array(seconds)
    let place = 0
    for (const samples of drawn) {
      whole.set(samples[sample], place)
      place += samples[sample].length
    }
    return whole
  })
  return { secondOf, counts }
}

/** How often each of so many consecutive seconds is drawn, an array per sample; once where they are fewer than two blocks. */
function drawSeconds(seconds: number, { block_s, samples, seed }: BootstrapSettings): Uint16Array[] {
  if (seconds < 2 * block_s) return new Array<Uint16Array>(samples).fill(new Uint16Array(seconds).fill(1))
  const random = seededRandom(seed)
  const starts = seconds - block_s + 1
  return Array.from({ length: samples }, () => {
    const drawn = new Uint16Array(seconds)
    for (let left = seconds; left > 0; left -= block_s) {
      const start = Math.floor(random() * starts)
      const end = start + Math.min(block_s, left)
      for (let i = start; i < end; i++) drawn[i]++
    }
    return drawn
  })
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

/** Weighted mean of a row's value in each sample. */
export function resampledMean(values: Float64Array, { secondOf, counts }: Resamples): Float64Array {
  return Float64Array.from(counts, drawn => {
    let sum = 0
    let weight = 0
    for (let i = 0; i < values.length; i++) {
      const times = drawn[secondOf[i]]
      sum += times * values[i]
      weight += times
    }
    return sum / weight
  })
}

/**
 * Percentile interval of a resampled statistic.
 * @param level in per cent.
 * @returns null where more than half of the samples have none: too few of them hold a positive.
 */
export function intervalOf(resampled: Float64Array, level = 95): { low: number; high: number } | null {
  const defined = resampled.filter(value => !Number.isNaN(value))
  if (defined.length < resampled.length / 2) return null
  const tail = (100 - level) / 2
  return { low: percentileOf(defined, tail), high: percentileOf(defined, 100 - tail) }
}
