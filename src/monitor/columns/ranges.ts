import { features } from '../../core/features/spec.ts'

interface Range {
  low: number
  high: number
  /** What lies outside, in words. */
  fault: string
}

const share: Range = { low: 0, high: 1, fault: 'outside 0 to 1' }
const signed: Range = { low: -1, high: 1, fault: 'outside -1 to 1' }
const positive: Range = { low: 0, high: Number.POSITIVE_INFINITY, fault: 'below 0' }

/** Features whose values have no bound below. */
const free = /^(return_|log_|har_|weighted_mid|imbalance_change|volatility_zscore|kyle_)/

const byName: [RegExp, Range][] = [
  [/^(coverage_|mark_|label$)/, share],
  [/^(imbalance|trade_imbalance_60s|hour_(sin|cos)|weekday_(sin|cos))$/, signed],
  [/^mid$/, { low: Number.MIN_VALUE, high: Number.POSITIVE_INFINITY, fault: 'not above 0' }],
  [/^spread_/, { ...positive, fault: 'below 0: crossed quotes' }],
  [/^mid_age$/, { low: 0, high: 10, fault: 'outside 0 to 10 s' }],
]

const known = new Set([...features.map(feature => feature.name), 'sigma_future', 'label'])

/** The values that a column may hold by its meaning; null for a column that may hold any, or that the spec does not know. */
export function rangeOf(name: string): Range | null {
  if (!known.has(name) || free.test(name)) return null
  return byName.find(([pattern]) => pattern.test(name))?.[1] ?? positive
}
