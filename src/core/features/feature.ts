import type { History } from './window/history.ts'

/** One column of the rows, as `docs/feature_spec.md` shows it. */
export interface FeatureSpec {
  name: string
  unit: string
  formula: string
  /** Seconds of bars the value depends on, the bar that ends at T included; 0: only the time T. */
  lookback: number
  /** When the value is null, beyond the rule for its coverage. */
  nullRule: string
  /** The value is null where too few of the last `coverageOf` seconds hold a mid (config `features.min_coverage`); 0: no such rule. */
  coverageOf: number
  source: string
}

/**
 * Features that one file of `compute/` says and computes: entry, folds and formula of a new one stand there and nowhere else.
 * Only a new group is added to the list in `spec.ts`. Either way `specVersion` goes up.
 */
export interface FeatureGroup {
  /** In the order of the columns. */
  features: FeatureSpec[]
  /** Computed also in seconds without a mid, and so without a row, because later rows read what it leaves. */
  everySecond?: true
  /**
   * Adds the folds that the group needs to a history that is still empty.
   * @param at place of a feature in a row, by name.
   * @param minCoverage share of a look-back that must hold a mid.
   * @returns what fills the places of the group's features, NaN for null, for the second at which the history stands.
   */
  prepare(history: History, at: (name: string) => number, minCoverage: number): (values: Float64Array) => void
}

/** Logs and ratios of volatilities use max(x, floor). */
export const volatilityFloor = 1e-7

export const own = 'design, definitions'
export const realised = 'Andersen, Bollerslev, Diebold, Labys (2003), realised volatility'

/**
 * @param coverageOf by default the whole look-back, where that is longer than a second.
 * @example
 * feature('return_10s', 'log return', 11, 'ln(mid(T)/mid(T-10))', 'mid(T-10) missing', own, 0)
 */
export function feature(
  name: string,
  unit: string,
  lookback: number,
  formula: string,
  nullRule = '',
  source = own,
  coverageOf = lookback > 1 ? lookback : 0,
): FeatureSpec {
  return { name, unit, formula, lookback, nullRule, coverageOf, source }
}
