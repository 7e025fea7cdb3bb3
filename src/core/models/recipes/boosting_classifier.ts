import type { Config } from '../../../config.ts'
import { volatilityReadings, volatilityTerms } from '../fit/volatility_recipe.ts'
import type { Model } from './model.ts'
import { treeParams, treeSettings, volatilityContestant } from './volatility.ts'

export function boostingClassifier(config: Config): Model {
  return volatilityContestant(
    {
      name: 'boosting_classifier',
      title: 'Boosted trees on labels',
      kind: 'learned',
      recipe: `The same trees on the same ${volatilityTerms.length} terms, fitted on the labels by log loss: what is lost by throwing sigma away.`,
      params: { ...treeParams(config), terms: volatilityTerms.length },
    },
    { readings: volatilityReadings, terms: volatilityTerms, l2: null, trees: treeSettings(config, 'log_loss') },
  )
}
