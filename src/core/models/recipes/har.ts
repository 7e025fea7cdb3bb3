import { harTerms, volatilityReadings } from '../fit/volatility_recipe.ts'
import type { Model } from './model.ts'
import { volatilityContestant } from './volatility.ts'

/** Least squares but for a penalty that only keeps it unique. */
const hardlyAny = 1e-3

export const har: Model = volatilityContestant(
  {
    name: 'har',
    title: 'HAR on log volatility',
    kind: 'baseline',
    recipe:
      'Least squares of ln(sigma_future/tau + .05) on the volatility of 1, 5 and 15 minutes (Corsi 2009), then P(sigma >= tau) from the spread of its residuals.',
    params: { terms: harTerms.length },
  },
  { readings: volatilityReadings, terms: harTerms, l2: hardlyAny, trees: null },
)
