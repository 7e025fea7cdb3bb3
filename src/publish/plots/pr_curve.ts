import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { Named } from '../../core/models/judge/judged_model.ts'
import { leadOf } from '../headline.ts'
import { score } from '../numbers.ts'
import { colours, modelStyles, subtitle } from './theme.ts'

/** Precision-recall curves on test, the baselines dashed, the recipe that the verdict speaks of thick, prevalence as the level of a coin. */
export function plotPrCurve(evaluation: Evaluation): TopLevelSpec {
  const models = Object.values(evaluation.models)
  const styles = modelStyles(models)
  const { prevalence, models: judged } = evaluation.splits.test
  const label = ({ name, title }: Named): string => `${title} ${score(judged[name].pr_auc)}`
  const values = models.flatMap(model => model.curve.map(point => ({ ...point, model: label(model) })))
  const domain = models.map(label)
  const lead = leadOf(evaluation)
  const width = { test: { field: 'model', equal: lead ? label(lead) : '' }, value: 2.8 }
  return {
    title: {
      text: 'Precision and recall on test',
      subtitle: subtitle(evaluation.simulated, `PR-AUC beside each name; dotted: prevalence ${score(prevalence)}`),
    },
    width: 420,
    height: 260,
    layer: [
      {
        data: { values: [{ level: prevalence }] },
        mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
        encoding: { y: { field: 'level', type: 'quantitative' } },
      },
      {
        data: { values },
        mark: { type: 'line', interpolate: 'step-after' },
        encoding: {
          x: {
            field: 'recall',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            title: 'Recall (share of spike seconds found)',
          },
          y: {
            field: 'precision',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            title: 'Precision (share of alarms that are right)',
          },
          color: {
            field: 'model',
            type: 'nominal',
            sort: domain,
            scale: { domain, range: styles.map(s => s.colour) },
            title: null,
          },
          strokeWidth: { condition: width, value: 1.3 },
          strokeDash: {
            field: 'model',
            type: 'nominal',
            sort: domain,
            scale: { domain, range: styles.map(s => s.dash) },
            title: null,
          },
        },
      },
    ],
  }
}
