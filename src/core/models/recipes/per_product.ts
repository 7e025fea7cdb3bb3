import type { Recipe } from './recipe.ts'

/** The same recipe fitted once a product, to compare with the one model for all. Products without training rows score 0. */
export function perProduct(recipe: Recipe): Recipe {
  return {
    ...recipe,
    name: `${recipe.name}_per_product`,
    title: `${recipe.title}, one a product`,
    fit(training) {
      const { product } = training.table
      const models = Object.keys(training.tau).map(name => ({
        name,
        model: recipe.fit({ ...training, rows: training.rows.filter(row => product[row] === name) }),
      }))
      return {
        recipe: `${recipe.title}, fitted once a product.`,
        params: {},
        weights: [],
        inputs: [...new Set(models.flatMap(({ model }) => model.inputs))],
        predict(table, rows) {
          const score = new Float64Array(rows.length)
          const sigma = new Float64Array(rows.length)
          for (const { name, model } of models) {
            const places = Array.from({ length: rows.length }, (_, i) => i).filter(i => table.product[rows[i]] === name)
            const part = model.predict(
              table,
              places.map(i => rows[i]),
            )
            places.forEach((place, i) => {
              score[place] = part.score[i]
              sigma[place] = part.sigma?.[i] ?? Number.NaN
            })
          }
          return { score, sigma }
        },
      }
    },
  }
}
