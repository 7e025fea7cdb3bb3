import { activity } from './compute/activity.ts'
import { book } from './compute/book.ts'
import { calendar } from './compute/calendar.ts'
import { quality } from './compute/quality.ts'
import { quote } from './compute/quote.ts'
import { range } from './compute/range.ts'
import { returns } from './compute/returns.ts'
import { smoothedVolatility } from './compute/smoothed_volatility.ts'
import { trades } from './compute/trades.ts'
import { volatility } from './compute/volatility.ts'
import { volatilityOfVolatility } from './compute/volatility_of_volatility.ts'
import type { FeatureGroup, FeatureSpec } from './feature.ts'

/** Bumped whenever a name, an order or a formula of a feature changes; models refuse rows of another version. */
export const specVersion = '1'

/** In the order of the columns. */
export const featureGroups: FeatureGroup[] = [
  quote,
  volatility,
  smoothedVolatility,
  returns,
  volatilityOfVolatility,
  activity,
  book,
  range,
  trades,
  calendar,
  quality,
]

/**
 * The one list of features: order of columns, names, units, formulas. Everything that names a feature comes from here.
 * @example
 * features[featureIndex('mid')].unit // 'quote currency'
 */
export const features: FeatureSpec[] = featureGroups.flatMap(group => group.features)

/** Names of the features, in the order of the spec: that of the values of a row. */
export const featureNames: string[] = features.map(({ name }) => name)

/** Position of a feature in a row of values. @throws Error on a name that is not in the spec: a programming mistake. */
export function featureIndex(name: string): number {
  const index = featureNames.indexOf(name)
  if (index < 0) throw new Error(`no feature '${name}' in spec ${specVersion}`)
  return index
}
