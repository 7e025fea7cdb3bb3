import type { Config } from '../../../config.ts'
import type { LinearArtifact } from '../artifact/artifact.ts'
import { scoreTable } from '../artifact/score.ts'
import { weightNames } from '../fit/fit.ts'
import type { Entrant, Training } from './model.ts'
import { rules } from './rules.ts'

/** The rules that are fitted on nothing. */
export function ruleEntrants(training: Training): Entrant[] {
  const every = Int32Array.from({ length: training.table.rows }, (_, row) => row)
  return rules.map(rule => ({ ...rule, ...rule.fit(training).predict(training.table, every) }))
}

/** The logistic model as it was fitted. @param iterations Newton steps of the fit. */
export function logisticEntrant(
  { table }: Training,
  artifact: LinearArtifact,
  iterations: number,
  config: Config,
): Entrant {
  const names = weightNames(artifact)
  return {
    name: artifact.name,
    title: 'Logistic regression',
    kind: 'learned',
    recipe: `L2 logistic regression on ${artifact.inputs.length} standardised features of trailing volatility and activity, one model for all products; nulls by the training median and an indicator.`,
    params: {
      l2: config.models.l2,
      inputs: artifact.inputs.join(', '),
      indicators: artifact.indicators.length,
      newton_steps: iterations,
      calibrated_on: 'training, by its own log loss',
    },
    weights: artifact.weights
      .map((weight, j) => ({ feature: names[j], weight }))
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    score: scoreTable(artifact, table),
    sigma: null,
    probability: true,
    scorer: { inputs: artifact.inputs, score: other => scoreTable(artifact, other) },
  }
}
