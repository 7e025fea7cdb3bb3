import { scoreLinear } from '../artifact/score.ts'
import { fitLinear, weightNames } from '../fit/linear.ts'
import { logisticInputs } from '../fit/logistic_inputs.ts'
import type { Recipe } from './recipe.ts'

export const logistic: Recipe = {
  name: 'logistic',
  title: 'Logistic regression',
  kind: 'learned',
  probability: true,
  fit({ table, rows, labels, settings: { l2 } }) {
    const { fitted, iterations, dropped } = fitLinear(table, rows, labels, logisticInputs, l2)
    const { inputs, indicators, weights } = fitted
    const names = weightNames(fitted)
    return {
      recipe: `L2 logistic regression on ${inputs.length} standardised features of trailing volatility and activity, one model for all products; nulls by the training median and an indicator.`,
      params: {
        l2,
        inputs: inputs.join(', '),
        indicators: indicators.length,
        newton_steps: iterations,
        calibrated_on: 'training, by its own log loss',
      },
      weights: weights
        .map((weight, j) => ({ feature: names[j], weight }))
        .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
      inputs,
      predict: (judged, at) => ({ score: scoreLinear(fitted, judged, at), sigma: null }),
      linear: fitted,
      dropped: dropped.map(({ name, why }) => `${name} (${why})`),
    }
  },
}
