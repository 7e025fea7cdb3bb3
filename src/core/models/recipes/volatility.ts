import type { Config } from '../../../config.ts'
import {
  calibrateVolatility,
  explainVolatility,
  fitVolatility,
  type VolatilitySettings,
} from '../fit/volatility_model.ts'
import { type FittedVolatility, predictVolatility } from '../fit/volatility_predict.ts'
import { harTerms, volatilityReadings, volatilityTerms } from '../fit/volatility_terms.ts'
import type { Model, Recipe, Training } from './recipe.ts'

type Settings = Config['models']

/** Least squares but for a penalty that only keeps it unique. */
const hardlyAny = 1e-3

export const har = volatilityRecipe({
  name: 'har',
  title: 'HAR on log volatility',
  kind: 'baseline',
  recipe:
    'Least squares of ln(sigma_future/tau + .05) on the volatility of 1, 5 and 15 minutes (Corsi 2009), then P(sigma >= tau) from the spread of its residuals.',
  params: () => ({ terms: harTerms.length }),
  settings: () => ({ readings: volatilityReadings, terms: harTerms, l2: hardlyAny, trees: null }),
})

export const ridge = volatilityRecipe({
  name: 'ridge',
  title: 'Ridge on log volatility',
  kind: 'learned',
  recipe: `Ridge regression of ln(sigma_future/tau + .05) on ${volatilityTerms.length} terms relative to tau or to the row's own longer windows, then P(sigma >= tau) from the spread of its residuals.`,
  params: ({ ridge_l2 }) => ({ l2: ridge_l2, terms: volatilityTerms.length }),
  settings: ({ ridge_l2 }) => ({ readings: volatilityReadings, terms: volatilityTerms, l2: ridge_l2, trees: null }),
})

export const boostingRegression = volatilityRecipe({
  name: 'boosting_regression',
  title: 'Boosted trees on log volatility',
  kind: 'learned',
  recipe: `Small boosted trees on the same ${volatilityTerms.length} terms and target as the ridge, rising in volatility_60s; then P(sigma >= tau) from the spread of their residuals.`,
  params: ({ trees }) => ({ ...trees, terms: volatilityTerms.length }),
  settings: settings => treesAlone(settings, 'squared_error'),
})

export const boostingClassifier = volatilityRecipe({
  name: 'boosting_classifier',
  title: 'Boosted trees on labels',
  kind: 'learned',
  recipe: `The same trees on the same ${volatilityTerms.length} terms, fitted on the labels by log loss: what is lost by throwing sigma away.`,
  params: ({ trees }) => ({ ...trees, terms: volatilityTerms.length }),
  settings: settings => treesAlone(settings, 'log_loss'),
})

/** The tree settings of the config for an objective. */
export function treeSettings({ trees }: Settings, objective: 'log_loss' | 'squared_error') {
  const { rounds, leaves, learning_rate, least_rows } = trees
  return { objective, rounds, leaves, learningRate: learning_rate, leastRows: least_rows, l2: 0 }
}

function treesAlone(settings: Settings, objective: 'log_loss' | 'squared_error'): VolatilitySettings {
  return { readings: volatilityReadings, terms: volatilityTerms, l2: null, trees: treeSettings(settings, objective) }
}

/** What a volatility model says of itself. */
interface About extends Pick<Model, 'recipe' | 'params'> {
  /** Whether it forecasts sigma; one that is fitted on labels does not. */
  forecasts: boolean
}

interface Words extends Pick<Recipe, 'name' | 'title' | 'kind'> {
  recipe: string
  /** What is recorded with a run. */
  params(settings: Settings): Model['params']
  settings(settings: Settings): VolatilitySettings
}

function volatilityRecipe({ name, title, kind, recipe, ...of }: Words): Recipe {
  return {
    ...{ name, title, kind },
    probability: true,
    fit(training) {
      const settings = of.settings(training.settings)
      const forecasts = settings.trees?.objective !== 'log_loss'
      const params = of.params(training.settings)
      return volatilityModel(fitVolatility(training, settings), training, { recipe, params, forecasts })
    },
  }
}

/** A model from what was fitted. @param calibratedOn what its probabilities rest on. */
export function volatilityModel(
  fitted: FittedVolatility,
  { tau }: Pick<Training, 'tau'>,
  about: About,
  calibratedOn = 'residuals only',
): Model {
  return {
    recipe: about.recipe,
    params: { ...about.params, calibrated_on: calibratedOn },
    weights: explainVolatility(fitted),
    inputs: fitted.readings.map(({ name }) => name),
    predict(table, rows) {
      const { probability, sigma } = predictVolatility(fitted, table, rows, tau)
      return { score: probability, sigma: about.forecasts ? sigma : null }
    },
    calibrate(rows) {
      const calibrated = calibrateVolatility(fitted, rows)
      return calibrated && volatilityModel(calibrated, rows, about, 'validation')
    },
    volatility: fitted,
  }
}
