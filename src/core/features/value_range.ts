import { features } from './spec.ts'

export interface ValueRange {
  low: number
  high: number
  /** What lies outside, in words. */
  fault: string
  /** A market or a config can bring a value outside: it is told, not refused. */
  happens?: true
}

const share: ValueRange = { low: 0, high: 1, fault: 'outside 0 to 1' }
const signed: ValueRange = { low: -1, high: 1, fault: 'outside -1 to 1' }
const positive: ValueRange = { low: 0, high: Number.POSITIVE_INFINITY, fault: 'below 0' }

/** Features whose values have no bound below. */
const free = /^(return_|log_|har_|weighted_mid|imbalance_change|volatility_zscore|kyle_)/

const byName: [RegExp, ValueRange][] = [
  [/^(coverage_|mark_|label$)/, share],
  [/^(imbalance|trade_imbalance_60s|hour_(sin|cos)|weekday_(sin|cos))$/, signed],
  [/^mid$/, { low: Number.MIN_VALUE, high: Number.POSITIVE_INFINITY, fault: 'not above 0' }],
  [/^spread_/, { ...positive, fault: 'below 0: crossed quotes', happens: true }],
  [/^mid_age$/, { low: 0, high: 10, fault: 'outside 0 to 10 s', happens: true }],
]

const known = new Map(features.map(feature => [feature.name, feature]))

/** The values that a column may hold by its meaning; null for a column that may hold any, or that the spec does not know. */
export function rangeOf(name: string): ValueRange | null {
  if (!(known.has(name) || name === 'sigma_future' || name === 'label') || free.test(name)) return null
  return byName.find(([pattern]) => pattern.test(name))?.[1] ?? positive
}

/** Whether every row has a value of the feature: no rule of the spec makes it null. */
export function isNeverNull(name: string): boolean {
  const feature = known.get(name)
  return feature !== undefined && feature.nullRule === '' && feature.coverageOf === 0
}
