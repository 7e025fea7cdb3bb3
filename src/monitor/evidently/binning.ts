import { countAtMost, countBelow } from '../../core/math/search.ts'
import { countDistinct, type Sorted } from './clean.ts'

/** How often each bin or value occurs on either side, in the same order. */
export interface Counts {
  /** The values, ascending, where there is one bin a value. */
  keys?: (number | string)[]
  /** k + 1 edges of k bins [a, b), the last one closed. */
  edges?: number[]
  reference: number[]
  current: number[]
}

/** Numbers with more distinct reference values than this are put into bins. */
const distinctUpTo = 20

/** Bins for PSI and Jensen-Shannon: Sturges' edges over both sides joined, or one bin a value when the reference has few. */
export function countNumbers(reference: Sorted, current: Sorted): Counts {
  if (countDistinct(reference) <= distinctUpTo) return countValues(reference, current)
  const edges = sturgesEdges(
    reference.length + current.length,
    Math.min(reference[0], current[0]),
    Math.max(reference[reference.length - 1], current[current.length - 1]),
  )
  return { edges, reference: countInBins(reference, edges), current: countInBins(current, edges) }
}

/** Counts of each distinct number on either side. */
export function countValues(reference: Sorted, current: Sorted): Counts {
  const counts = { keys: [] as number[], reference: [] as number[], current: [] as number[] }
  for (let i = 0, j = 0; i < reference.length || j < current.length; ) {
    const key = j >= current.length || reference[i] <= current[j] ? reference[i] : current[j]
    const [i0, j0] = [i, j]
    while (i < reference.length && reference[i] === key) i++
    while (j < current.length && current[j] === key) j++
    counts.keys.push(key)
    counts.reference.push(i - i0)
    counts.current.push(j - j0)
  }
  return counts
}

/** Counts of each distinct text on either side, in the order of the texts. */
export function countTexts(reference: readonly string[], current: readonly string[]): Counts {
  const keys = [...new Set([...reference, ...current])].sort()
  const place = new Map(keys.map((key, i) => [key, i]))
  const tally = (texts: readonly string[]): number[] => {
    const counts = new Array<number>(keys.length).fill(0)
    for (const text of texts) counts[place.get(text)!]++
    return counts
  }
  return { keys, reference: tally(reference), current: tally(current) }
}

/**
 * numpy's `histogram_bin_edges(…, 'sturges')` for n values from `low` to `high`: ceil(range / (range/(log2 n + 1))) equal bins
 * (Sturges 1926); a range of zero becomes one bin of width 1 around it.
 */
function sturgesEdges(n: number, low: number, high: number): number[] {
  const width = (high - low) / (Math.log2(n) + 1)
  const bins = width > 0 ? Math.ceil((high - low) / width) : 1
  const [first, last] = low === high ? [low - 0.5, high + 0.5] : [low, high]
  const step = (last - first) / bins
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? last : first + i * step))
}

/** Counts in [a, b), the last bin closed. */
export function countInBins(sorted: Sorted, edges: readonly number[]): number[] {
  const last = edges.length - 1
  const below = edges.map((edge, i) => (i === last ? countAtMost(sorted, edge) : countBelow(sorted, edge)))
  return below.slice(1).map((count, i) => count - below[i])
}

/** Counts as shares of their sum. */
export function toShares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map(count => count / total)
}
