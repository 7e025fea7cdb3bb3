import { percentileOf } from '../src/core/math/percentile.ts'
import { median } from './measure.ts'
import type { Stretch } from './stream_load.ts'
import type { Run, Sample } from './stream_run.ts'

/** Milliseconds from the intended moment of an event until what came of it was in the hands of a reader. */
export interface Delays {
  count: number
  p50: number
  p99: number
  max: number
}

export function describeDelays(delays: number[]): Delays {
  const [p50, p99, max] = [50, 99, 100].map(percent => round(percentileOf(delays, percent), 1))
  return { count: delays.length, p50, p99, max }
}

/** What is left out at the beginning of each stretch: the rate has just changed. */
export const settleS = 2

/** Delays of the rows whose bars were closed in each stretch; rows that never came are counted. */
export function delaysByStretch(
  { closings, began }: Run,
  rows: Map<string, number>,
  stretches: Stretch[],
): Map<string, { delays: number[]; missing: number }> {
  const found = stretches.map(({ name }) => ({ name, from: began[name], delays: [] as number[], missing: 0 }))
  for (const [key, time] of closings) {
    const one = found.findLast(({ from }) => time >= from)!
    const row = rows.get(key)
    if (row === undefined) one.missing++
    else if (time >= one.from + settleS * 1e6) one.delays.push((row - time) / 1000)
  }
  return new Map(found.map(({ name, ...one }) => [name, one]))
}

/** Median, quantile and largest lag in a stretch, and the median of its last quarter, in records. */
export function describeLag(samples: Sample[], name: string) {
  const lags = samples.filter(({ stretch }) => stretch === name).map(({ lag }) => lag)
  const lastQuarter = median(lags.slice(Math.floor(0.75 * lags.length)))
  return { median: median(lags), p99: percentileOf(lags, 99), largest: Math.max(...lags), last_quarter: lastQuarter }
}

/** Events a second as they came, CPU µs an event by process over a stretch, cores of what else ran on the machine, and memory at its end. */
export function describeCost(samples: Sample[], { name }: Stretch) {
  const own = samples.filter(({ stretch, cpu }) => stretch === name && Number.isFinite(cpu.load))
  const [first, last] = [own[0], own[own.length - 1]]
  const seconds = last.at - first.at
  const events = last.end - first.end
  const cores = (process: string): number => (last.cpu[process] - first.cpu[process]) / seconds
  const { machine: _, ...processes } = first.cpu
  const names = Object.keys(processes)
  return {
    events_per_s: Math.round(events / seconds),
    cpu_us_per_event: Object.fromEntries(
      names.map(process => [process, round((1e6 * seconds * cores(process)) / events, 2)]),
    ),
    other_cores: round(cores('machine') - names.reduce((sum, process) => sum + cores(process), 0), 2),
    rss_mib: Object.fromEntries(names.map(process => [process, Math.round(last.rss[process])])),
  }
}

const together = 5

/**
 * Seconds from the end of stretch `of` until the lag is for good no larger than `normal`. The lag of a moment swings with
 * the beat of the transactions, so the median of five samples, 2 s, is what counts.
 */
export function recoveredAfter(samples: Sample[], of: string, normal: number): number {
  const end = samples.findLast(({ stretch }) => stretch === of)!
  const next = samples.slice(samples.indexOf(end) + 1)
  const after = next.filter(({ stretch }) => stretch === next[0].stretch)
  const last = after.findLastIndex((_, i) => median(after.slice(i, i + together).map(({ lag }) => lag)) > normal)
  return last < 0 ? 0 : round(after[Math.min(last + together, after.length) - 1].at - end.at, 1)
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
