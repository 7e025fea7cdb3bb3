import { percentileOf } from '../src/core/math/percentile.ts'
import { SpikeError } from '../src/errors.ts'

/** What a bench prints: `ratio` is what a baseline keeps; the other figures are for people. */
export interface BenchResult {
  name: string
  ratio: number
  /** More figures that a baseline keeps: like `ratio`, the higher the better, and free of the machine's speed. */
  ratios: Record<string, number>
  [figure: string]: unknown
}

/** CPU seconds (user and system, all threads) that `work` takes: on a shared machine steadier than the wall clock. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

export function median(values: number[]): number {
  return percentileOf(values, 50)
}

const leastShare = 0.85

/** @throws SpikeError CHECK_FAILED naming every ratio that is below 0.85 of its baseline. */
export function checkBaseline(result: BenchResult, baseline: Record<string, Record<string, number>>): void {
  const kept = baseline[result.name]
  if (kept === undefined)
    throw new SpikeError('CHECK_FAILED', `bench/baseline.json: has no '${result.name}'; add its ratios`)
  const found: Record<string, number> = { ratio: result.ratio, ...result.ratios }
  const faults = Object.entries(kept).flatMap(([name, before]) =>
    found[name] >= leastShare * before
      ? []
      : [`${result.name}: ${name} is ${found[name]}, baseline ${before}; at least ${leastShare} of it is allowed`],
  )
  if (faults.length > 0) throw new SpikeError('CHECK_FAILED', faults)
}

/**
 * Runs a bench until it passes its baseline, at most `attempts` times.
 * @throws SpikeError CHECK_FAILED of the last run.
 */
export async function checkBestOf(
  attempts: number,
  run: () => Promise<BenchResult>,
  baseline: Record<string, Record<string, number>>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const result = await run()
    try {
      checkBaseline(result, baseline)
      return
    } catch (error) {
      if (attempt === attempts) throw error
    }
  }
}
