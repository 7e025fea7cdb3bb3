import type { Config } from '../../../config.ts'
import { explainVolatility, fitVolatility, type VolatilitySettings } from '../fit/volatility_model.ts'
import { predictVolatility } from '../fit/volatility_predict.ts'
import type { Model } from './model.ts'

type Words = Pick<Model, 'name' | 'title' | 'kind' | 'recipe' | 'params'>

/** A model of the volatility family from its words and settings. */
export function volatilityContestant(words: Words, settings: VolatilitySettings): Model {
  return {
    ...words,
    probability: true,
    fit(training) {
      const fitted = fitVolatility(training, settings)
      return {
        volatility: fitted,
        predict(table, rows) {
          const { probability, sigma } = predictVolatility(fitted, table, rows, training.tau)
          return { score: probability, sigma: settings.trees?.objective === 'log_loss' ? null : sigma }
        },
        explain: () => explainVolatility(fitted),
      }
    },
  }
}

/** The tree settings of the config for an objective. */
export function treeSettings({ models }: Config, objective: 'log_loss' | 'squared_error') {
  const { rounds, leaves, learning_rate, least_rows } = models.trees
  return { objective, rounds, leaves, learningRate: learning_rate, leastRows: least_rows, l2: 0 }
}

/** The same settings as they are recorded with a run. */
export function treeParams({ models }: Config): Record<string, number> {
  const { rounds, leaves, learning_rate, least_rows } = models.trees
  return { rounds, leaves, learning_rate, least_rows }
}
