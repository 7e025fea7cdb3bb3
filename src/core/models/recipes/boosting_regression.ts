import type { Config } from '../../../config.ts'
import { volatilityReadings, volatilityTerms } from '../fit/volatility_recipe.ts'
import type { Model } from './model.ts'
import { treeParams, treeSettings, volatilityContestant } from './volatility.ts'

export function boostingRegression(config: Config): Model {
  return volatilityContestant(
    {
      name: 'boosting_regression',
      title: 'Boosted trees on log volatility',
      kind: 'learned',
      recipe: `Small boosted trees on the same ${volatilityTerms.length} terms and target as the ridge, rising in volatility_60s; then P(sigma >= tau) from the spread of their residuals.`,
      params: { ...treeParams(config), terms: volatilityTerms.length },
    },
    {
      readings: volatilityReadings,
      terms: volatilityTerms,
      l2: null,
      trees: treeSettings(config, 'squared_error'),
    },
  )
}
