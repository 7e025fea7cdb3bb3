/** How sure one must be at a look. */
export interface Bar {
  /** How often the stretch has been looked at, this time among them. */
  look: number
  /** Level of the interval, in per cent: 97.5 at the first look. */
  level: number
  /** Resamples that such an interval needs. */
  samples: number
}

/** What all looks at one stretch may err together, in both directions. */
const spent = 0.05
/** So many resamples lie beyond each end of the interval. */
const beyond = 10

/**
 * The bar of a look at a stretch: who looks often enough at the same rows sees an equal challenger win by chance, so the k-th look
 * has 0.05 / (k (k + 1)) of the 5 %, which all looks together never use up. Source: alpha spending, Lan and DeMets (1983).
 * @example
 * barOf(1).level // 97.5; then 99.17, 99.58, 99.75 …
 */
export function barOf(look: number): Bar {
  const alpha = spent / (look * (look + 1))
  return { look, level: 100 * (1 - alpha), samples: Math.ceil((2 * beyond) / alpha) }
}
