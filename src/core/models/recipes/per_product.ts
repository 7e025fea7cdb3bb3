import type { Model } from './model.ts'

/** The same recipe fitted once a product, to compare with the one model for all. Products without training rows score 0. */
export function perProduct(model: Model): Model {
  return {
    ...model,
    name: `${model.name}_per_product`,
    title: `${model.title}, one a product`,
    recipe: `${model.recipe} Fitted once a product.`,
    fit(training) {
      const products = Object.keys(training.tau)
      const fits = new Map(
        products.map(product => [
          product,
          model.fit({ ...training, rows: training.rows.filter(row => training.table.product[row] === product) }),
        ]),
      )
      return {
        predict(table, rows) {
          const score = new Float64Array(rows.length)
          const sigma = new Float64Array(rows.length)
          for (const [product, fit] of fits) {
            const places = Array.from(rows.keys()).filter(i => table.product[rows[i]] === product)
            const part = fit.predict(
              table,
              Int32Array.from(places, i => rows[i]),
            )
            places.forEach((place, i) => {
              score[place] = part.score[i]
              sigma[place] = part.sigma?.[i] ?? Number.NaN
            })
          }
          return { score, sigma }
        },
        explain: () => [],
      }
    },
  }
}
