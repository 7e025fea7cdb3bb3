import type { Config } from '../../../config.ts'
import { volatilityReadings, volatilityTerms } from '../fit/volatility_recipe.ts'
import type { Model } from './model.ts'
import { volatilityContestant } from './volatility.ts'

export function ridge({ models }: Config): Model {
  return volatilityContestant(
    {
      name: 'ridge',
      title: 'Ridge on log volatility',
      kind: 'learned',
      recipe: `Ridge regression of ln(sigma_future/tau + .05) on ${volatilityTerms.length} terms relative to tau or to the row's own longer windows, then P(sigma >= tau) from the spread of its residuals.`,
      params: { l2: models.ridge_l2, terms: volatilityTerms.length },
    },
    { readings: volatilityReadings, terms: volatilityTerms, l2: models.ridge_l2, trees: null },
  )
}
