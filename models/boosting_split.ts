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
export function leafValue({ gradient, hessian }: Sums, l2: number, { low, high }: Bounds): number {
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
  const before = lossDrop(gradient, hessian, l2, bounds, free)
  let bestGain = leastGain
  let best: BestSplit | null = null
  for (let feature = 0; feature < edges.length; feature++) {
    const start = feature * stride
    const splits = edges[feature].length
    const sign = monotone[feature]
    const sides = histogram[start + 2] > 0 ? 2 : 1
    for (let side = 0; side < sides; side++) {
      let g = side === 1 ? histogram[start] : 0
      let h = side === 1 ? histogram[start + 1] : 0
      let n = side === 1 ? histogram[start + 2] : 0
      for (let bin = 0; bin < splits; bin++) {
        const place = start + 3 * (bin + 1)
        g += histogram[place]
        h += histogram[place + 1]
        n += histogram[place + 2]
        if (n < leastRows || h < leastHessian) continue
        const rightH = hessian - h
        if (count - n < leastRows || rightH < leastHessian) break
        const rightG = gradient - g
        let gain: number
        if (free && sign === 0) gain = (g * g) / (h + l2) + (rightG * rightG) / (rightH + l2) - before
        else {
          const left = leafValue({ gradient: g, hessian: h, count: n }, l2, bounds)
          const right = leafValue({ gradient: rightG, hessian: rightH, count: 0 }, l2, bounds)
          if (sign * (right - left) < 0) continue
          gain = dropAt(left, g, h, l2) + dropAt(right, rightG, rightH, l2) - before
        }
        if (gain <= bestGain) continue
        bestGain = gain
        best = {
          feature,
          bin,
          nullLeft: side === 1,
          gain,
          left: { gradient: g, hessian: h, count: n },
          right: { gradient: rightG, hessian: rightH, count: count - n },
        }
      }
    }
  }
  return best
}

/** Twice the fall of the loss when a leaf gets `value`. */
function dropAt(value: number, gradient: number, hessian: number, l2: number): number {
  return -(2 * gradient * value + (hessian + l2) * value * value)
}

function lossDrop(gradient: number, hessian: number, l2: number, bounds: Bounds, free: boolean): number {
  if (free) return (gradient * gradient) / (hessian + l2)
  return dropAt(leafValue({ gradient, hessian, count: 0 }, l2, bounds), gradient, hessian, l2)
}
