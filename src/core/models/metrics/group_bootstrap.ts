import { type BootstrapSettings, drawBlocks, intervalOf, type Resamples } from './bootstrap.ts'

/**
 * Moving-block resamples of several groups of rows side by side: blocks are drawn inside each group, so a sample holds as much
 * of each as there is. A group shorter than two blocks is taken as it is.
 * @param times T of each row in microseconds. @param group name of each row's group; rows of a group lie together.
 */
export function drawGroupBlocks(times: Float64Array, group: string[], settings: BootstrapSettings): Resamples {
  const secondOf = new Uint32Array(times.length)
  const parts: Uint16Array[][] = []
  let offset = 0
  for (const [index, name] of [...new Set(group)].entries()) {
    const from = group.indexOf(name)
    const to = group.lastIndexOf(name) + 1
    const inside = times.subarray(from, to)
    const drawn =
      drawBlocks(inside, { ...settings, seed: settings.seed + index }) ?? asTheyAre(inside, settings.samples)
    for (let i = from; i < to; i++) secondOf[i] = offset + drawn.secondOf[i - from]
    parts.push(drawn.counts)
    offset += drawn.counts[0].length
  }
  const counts = Array.from({ length: settings.samples }, (_, sample) => {
    const whole = new Uint16Array(offset)
    let place = 0
    for (const part of parts) {
      whole.set(part[sample], place)
      place += part[sample].length
    }
    return whole
  })
  return { secondOf, counts }
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

export interface Paired {
  value: number
  low: number | null
  high: number | null
}

/** A ratio with its 95 % interval, numerator and denominator resampled together. */
export function pairedRatio(above: number, below: number, drawnAbove: Float64Array, drawnBelow: Float64Array): Paired {
  const interval = intervalOf(drawnAbove.map((value, i) => value / drawnBelow[i]))
  return { value: above / below, low: interval?.low ?? null, high: interval?.high ?? null }
}

/** A difference with its 95 % interval, both sides resampled together. */
export function pairedDifference(a: number, b: number, drawnA: Float64Array, drawnB: Float64Array): Paired {
  const interval = intervalOf(drawnA.map((value, i) => value - drawnB[i]))
  return { value: a - b, low: interval?.low ?? null, high: interval?.high ?? null }
}

function asTheyAre(times: Float64Array, samples: number): Resamples {
  const seconds = Float64Array.from(new Set(times)).sort()
  const place = new Map(Array.from(seconds, (second, i) => [second, i]))
  const once = new Uint16Array(seconds.length).fill(1)
  return {
    secondOf: Uint32Array.from(times, time => place.get(time)!),
    counts: Array.from({ length: samples }, () => once),
  }
}
