import { averageVolatility } from '../fit/volatility_model.ts'
import { volatilityTerms } from '../fit/volatility_terms.ts'
import type { Recipe } from './recipe.ts'
import { boostingRegression, ridge, volatilityModel } from './volatility.ts'

/** The fixed recipe of the headline. */
export const average: Recipe = {
  name: 'average',
  title: 'Average of ridge and trees',
  kind: 'learned',
  probability: true,
  fit(training, fitted = {}) {
    const [linear, trees] = [ridge, boostingRegression].map(part => fitted[part.name] ?? part.fit(training))
    return volatilityModel(averageVolatility(training, linear.volatility!, trees.volatility!), training, {
      recipe:
        'The plain average of the ridge and of the boosted trees, both on ln(sigma_future/tau + .05); then P(sigma >= tau) from the spread of its residuals. Fixed in config, nothing is chosen per fold.',
      params: { l2: training.settings.ridge_l2, ...training.settings.trees, terms: volatilityTerms.length },
      forecasts: true,
    })
  },
}
