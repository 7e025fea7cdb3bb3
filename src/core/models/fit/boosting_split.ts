/** A leaf holds sums over its rows: gradient, hessian, number. */
export interface Sums {
  gradient: number
  hessian: number
  count: number
}

export interface SplitRules {
  /** Penalty on leaf values, lambda of Chen, Guestrin (2016). */
  l2: number
  leastRows: number
  leastHessian: number
  /** Sign of the effect allowed to each column: 1 rising, -1 falling, 0 any. */
  monotone: Int8Array
}

/** What a leaf's value may be, so that constraints of splits above hold. */
export interface Bounds {
  low: number
  high: number
}

export interface BestSplit {
  feature: number
  /** Bins 1 … bin+1 go left: values <= edges[bin]. */
  bin: number
  nullLeft: boolean
  gain: number
  left: Sums
  right: Sums
}

/** Bins a column, three numbers each: gradient, hessian, count. */
export const stride = 256 * 3

const leastGain = 1e-12

/** Value of a leaf by one Newton step, within its bounds. */
export function leafValue(
  { gradient, hessian }: Pick<Sums, 'gradient' | 'hessian'>,
  l2: number,
  { low, high }: Bounds,
): number {
  return Math.min(Math.max(-gradient / (hessian + l2), low), high)
}

/**
 * The split of a leaf that lowers the loss most; nulls are tried on both sides where there are any. Of equal gains the first
 * column and the lowest bin win, so the result depends on nothing but the data.
 * @param histogram columns × 256 bins × (gradient, hessian, count).
 */
export function findBestSplit(
  histogram: Float64Array,
  edges: Float32Array[],
  leaf: Sums,
  bounds: Bounds,
  rules: SplitRules,
): BestSplit | null {
  const { l2, leastRows, leastHessian, monotone } = rules
  const free = bounds.low === Number.NEGATIVE_INFINITY && bounds.high === Number.POSITIVE_INFINITY
  const { gradient, hessian, count } = leaf
  const before = lossDrop(leaf, l2, bounds, free)
  let bestGain = leastGain
  let best: BestSplit | null = null
  for (let feature = 0; feature < edges.length; feature++) {
    const start = feature * stride
    const splits = edges[feature].length
    const sign = monotone[feature]
    const plain = free && sign === 0
    const nulls = histogram[start + 2]
    let g = 0
    let h = 0
    let n = 0
    for (let bin = 0; bin < splits; bin++) {
      const place = start + 3 * (bin + 1)
      g += histogram[place]
      h += histogram[place + 1]
      n += histogram[place + 2]
      // nulls go right, then, where there are any, left
      for (let side = 0; side < (nulls > 0 ? 2 : 1); side++) {
        const leftG = side === 0 ? g : g + histogram[start]
        const leftH = side === 0 ? h : h + histogram[start + 1]
        const leftN = side === 0 ? n : n + nulls
        const rightH = hessian - leftH
        if (leftN < leastRows || count - leftN < leastRows || leftH < leastHessian || rightH < leastHessian) continue
        const rightG = gradient - leftG
        const gain = plain
          ? (leftG * leftG) / (leftH + l2) + (rightG * rightG) / (rightH + l2) - before
          : boundedGain(leftG, leftH, rightG, rightH, sign, l2, bounds) - before
        if (gain <= bestGain) continue
        bestGain = gain
        best = {
          feature,
          bin,
          nullLeft: side === 1,
          gain,
          left: { gradient: leftG, hessian: leftH, count: leftN },
          right: { gradient: rightG, hessian: rightH, count: count - leftN },
        }
      }
    }
  }
  return best
}

/** Fall of the loss when both leaves stay within bounds; none where their order is not the one allowed. */
function boundedGain(
  leftG: number,
  leftH: number,
  rightG: number,
  rightH: number,
  sign: number,
  l2: number,
  bounds: Bounds,
): number {
  const left = leafValue({ gradient: leftG, hessian: leftH }, l2, bounds)
  const right = leafValue({ gradient: rightG, hessian: rightH }, l2, bounds)
  if (sign * (right - left) < 0) return Number.NEGATIVE_INFINITY
  return dropAt(left, leftG, leftH, l2) + dropAt(right, rightG, rightH, l2)
}

/** Twice the fall of the loss when a leaf gets `value`. */
function dropAt(value: number, gradient: number, hessian: number, l2: number): number {
  return -(2 * gradient * value + (hessian + l2) * value * value)
}

function lossDrop(leaf: Sums, l2: number, bounds: Bounds, free: boolean): number {
  const { gradient, hessian } = leaf
  return free ? (gradient * gradient) / (hessian + l2) : dropAt(leafValue(leaf, l2, bounds), gradient, hessian, l2)
}
