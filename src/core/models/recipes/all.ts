import type { Tell } from '../tell.ts'
import { average } from './average.ts'
import { drawn } from './drawn.ts'
import { logistic } from './logistic.ts'
import { perProduct } from './per_product.ts'
import type { Model, Recipe, Training } from './recipe.ts'
import { rules } from './rules.ts'
import { boostingClassifier, boostingRegression, har, ridge } from './volatility.ts'

/** Where recipes are judged: in a training, in the walk-forward through its file, in the one through a folder of captures. */
type Place = 'training' | 'training_walk' | 'captures_walk'

const everywhere: Place[] = ['training', 'training_walk', 'captures_walk']

/** The one list of everything that is judged, in the order shown, and where it is judged. */
const recipes: { recipe: Recipe; at: Place[] }[] = [
  ...[...rules, har, logistic, ridge, boostingRegression].map(recipe => ({ recipe, at: everywhere })),
  { recipe: boostingClassifier, at: ['captures_walk'] },
  { recipe: average, at: everywhere },
  { recipe: drawn, at: ['training', 'training_walk'] },
  { recipe: perProduct(ridge), at: ['training_walk'] },
  { recipe: perProduct(average), at: ['captures_walk'] },
]

/** What is judged there, in the order shown. */
export function recipesOf(place: Place): Recipe[] {
  return recipes.filter(({ at }) => at.includes(place)).map(({ recipe }) => recipe)
}

/** What `fitAll` tells before each fit, and after the last. */
export const fitting = 'fitting'

/** Fits the recipes on the same rows, in their order. A recipe that is made of earlier ones takes their models. */
export function fitAll(all: Recipe[], training: Training, tell: Tell = () => {}): Record<string, Model> {
  const fitted: Record<string, Model> = {}
  for (const [i, recipe] of all.entries()) {
    tell(fitting, i, all.length)
    fitted[recipe.name] = recipe.fit(training, fitted)
  }
  tell(fitting, all.length, all.length)
  return fitted
}
