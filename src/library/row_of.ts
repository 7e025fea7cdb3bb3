import { featureNames } from '../core/features/spec.ts'
import type { FeatureRow } from './feature_row.ts'

/**
 * The values of a row by the names of their features, null for NaN.
 * @param values one number a feature in the order of the spec, as an engine gives them. They are copied.
 * @example
 * const engines = new Engines(defaultSettings, { row: (product, time, values) => console.log(rowOf(values).spread_bps) })
 */
export function rowOf(values: ArrayLike<number>): FeatureRow {
  return Object.fromEntries(
    featureNames.map((name, i) => [name, Number.isNaN(values[i]) ? null : values[i]]),
  ) as unknown as FeatureRow
}
