import { takeRows } from '../../features/table.ts'
import { type Baseline, baselines } from './baselines.ts'
import type { Model } from './model.ts'

/** Scores of these rules are a volatility over tau, so they predict a sigma too. */
const predictsSigma = ['persistence', 'persistence_300s', 'ewma_120s']

/** The rules that are fitted on nothing: persistence, z-score, EWMA. */
export const rules: Model[] = baselines.map(asModel)

function asModel({ name, title, recipe, inputs, score }: Baseline): Model {
  return {
    name,
    title,
    kind: 'baseline',
    recipe,
    params: { input: inputs.join(', ') },
    probability: false,
    fit: ({ tau }) => ({
      predict(table, rows) {
        const part = takeRows(
          { ...table, columns: Object.fromEntries(inputs.map(input => [input, table.columns[input]])) },
          rows,
        )
        const scores = score(part, tau)
        const sigma = predictsSigma.includes(name) ? scores.map((value, i) => value * tau[part.product[i]]) : null
        return { score: scores, sigma }
      },
      explain: () => [],
    }),
  }
}
