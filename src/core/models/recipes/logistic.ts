import type { Config } from '../../../config.ts'
import { takeRows } from '../../features/table.ts'
import { scoreTable } from '../artifact/score.ts'
import { fitLinear, weightNames } from '../fit/fit.ts'
import { logisticInputs } from '../fit/recipe.ts'
import type { Model } from './model.ts'

export function logistic({ models }: Config): Model {
  return {
    name: 'logistic',
    title: 'Logistic regression',
    kind: 'learned',
    recipe: `L2 logistic regression on ${logisticInputs.length} standardised features of trailing volatility and activity, one model for all products; nulls by the training median and an indicator.`,
    params: { l2: models.l2 },
    probability: true,
    fit({ table, rows, labels }) {
      const { fitted } = fitLinear(table, rows, labels, logisticInputs, models.l2)
      const names = weightNames(fitted)
      return {
        predict: (judged, at) => ({ score: scoreTable(fitted, takeRows(judged, at)), sigma: null }),
        explain: () =>
          fitted.weights
            .map((weight, j) => ({ feature: names[j], weight }))
            .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
      }
    },
  }
}
