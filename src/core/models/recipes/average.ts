import type { Config } from '../../../config.ts'
import { volatilityReadings, volatilityTerms } from '../fit/volatility_recipe.ts'
import type { Model } from './model.ts'
import { treeParams, treeSettings, volatilityContestant } from './volatility.ts'

/** The fixed recipe of the headline. */
export function average(config: Config): Model {
  return volatilityContestant(
    {
      name: 'average',
      title: 'Average of ridge and trees',
      kind: 'learned',
      recipe:
        'The plain average of the ridge and of the boosted trees, both on ln(sigma_future/tau + .05); then P(sigma >= tau) from the spread of its residuals. Fixed in config, nothing is chosen per fold.',
      params: { l2: config.models.ridge_l2, ...treeParams(config), terms: volatilityTerms.length },
    },
    {
      readings: volatilityReadings,
      terms: volatilityTerms,
      l2: config.models.ridge_l2,
      trees: treeSettings(config, 'squared_error'),
    },
  )
}
