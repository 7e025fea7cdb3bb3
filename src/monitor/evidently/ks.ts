import type { Sorted } from './clean.ts'
import { survivalOfKolmogorov } from './kolmogorov.ts'

/** Above so many values on a side scipy's `ks_2samp(method='auto')` takes the asymptotic p-value. */
const exactUpTo = 10_000

/** p-value of the two-sided, two-sample Kolmogorov-Smirnov test, as scipy's `ks_2samp` gives it. */
export function scoreKs(reference: Sorted, current: Sorted): number {
  const distance = measureKs(reference, current)
  const [n, m] = [reference.length, current.length]
  if (Math.max(n, m) > exactUpTo) return asymptoticKs(n, m, distance)
  const exact = exactKs(n, m, distance)
  return exact >= 0 && exact <= 1 ? exact : asymptoticKs(n, m, distance)
}

/** Largest distance between the two empirical distribution functions. */
export function measureKs(reference: Sorted, current: Sorted): number {
  const [n, m] = [reference.length, current.length]
  let largest = 0
  for (let i = 0, j = 0; i < n && j < m; ) {
    const next = Math.min(reference[i], current[j])
    while (i < n && reference[i] === next) i++
    while (j < m && current[j] === next) j++
    largest = Math.max(largest, Math.abs(i / n - j / m))
  }
  return largest
}

/** Asymptotic p: the one-sample distribution at n·m/(n+m), rounded to even as numpy rounds. */
export function asymptoticKs(n: number, m: number, distance: number): number {
  const effective = (n * m) / (n + m)
  const down = Math.floor(effective)
  const half = effective - down === 0.5
  const rounded = half ? down + (down % 2) : Math.round(effective)
  return Math.min(1, Math.max(0, survivalOfKolmogorov(rounded, distance)))
}

/**
 * Exact p: the share of lattice paths from (0, 0) to (n, m) that leave the band |x/n - y/m| < distance
 * (Hodges 1958, "The significance probability of the Smirnov two-sample test").
 */
export function exactKs(n: number, m: number, distance: number): number {
  const divisor = greatestCommonDivisor(n, m)
  const height = Math.round(distance * (n / divisor) * m)
  if (height === 0) return 1
  return n === m ? leavesSquare(n, height) : leavesBand(Math.max(n, m), Math.min(n, m), divisor, height)
}

/** Paths in an n × n square that touch x - y = ±height, by reflection, summed from the far end so that nothing cancels. */
function leavesSquare(n: number, height: number): number {
  let outside = 0
  for (let k = Math.floor(n / height); k >= 0; k--) {
    let ratio = 1
    for (let j = 0; j < height; j++) ratio = ((n - k * height - j) * ratio) / (n + k * height + j + 1)
    outside = ratio * (1 - outside)
  }
  return 2 * outside
}

/** The same for m > n, column by column; an entry is the share of paths to that point that have left the band. */
function leavesBand(m: number, n: number, divisor: number, height: number): number {
  const [mStep, nStep] = [m / divisor, n / divisor]
  let from = 0
  let to = Math.min(Math.ceil(height / mStep), n + 1)
  let last = new Float64Array(n + 2).fill(1)
  last.fill(0, 0, to)
  let next = new Float64Array(n + 2)
  for (let i = 1; i <= m; i++) {
    from = Math.min(Math.max(Math.floor((nStep * i - height) / mStep) + 1, 0), n)
    to = Math.min(Math.ceil((nStep * i + height) / mStep), n + 1)
    if (to <= from) return 1
    let left = from === 0 ? 0 : 1
    for (let j = from; j < to; j++) {
      left = (last[j] * i + left * j) / (i + j)
      next[j] = left
    }
    next.fill(1, to)
    ;[last, next] = [next, last]
  }
  return last[n]
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
