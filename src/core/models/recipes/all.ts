import { average } from './average.ts'
import { logistic } from './logistic.ts'
import { perProduct } from './per_product.ts'
import type { Model, Recipe, Training } from './recipe.ts'
import { rules } from './rules.ts'
import { boostingClassifier, boostingRegression, har, ridge } from './volatility.ts'

/** Who judges: a training, the walk-forward through its file, the walk-forward through a folder of captures. */
type Judge = 'training' | 'training_walk' | 'captures_walk'

const everywhere: Judge[] = ['training', 'training_walk', 'captures_walk']

/** All that is judged, in the order shown, and by whom. */
const recipes: { recipe: Recipe; by: Judge[] }[] = [
  ...[...rules, har, logistic, ridge, boostingRegression].map(recipe => ({ recipe, by: everywhere })),
  { recipe: boostingClassifier, by: ['captures_walk'] },
  { recipe: average, by: everywhere },
  { recipe: perProduct(ridge), by: ['training_walk'] },
  { recipe: perProduct(average), by: ['captures_walk'] },
]

/** What the judge judges, in the order shown. */
export function recipesOf(judge: Judge): Recipe[] {
  return recipes.filter(({ by }) => by.includes(judge)).map(({ recipe }) => recipe)
}

/** The model of each recipe on the same rows, by name; what one shares with an earlier one is fitted once. */
export function fitAll(all: Recipe[], training: Training): Record<string, Model> {
  const fitted: Record<string, Model> = {}
  for (const recipe of all) fitted[recipe.name] = recipe.fit(training, fitted)
  return fitted
}
