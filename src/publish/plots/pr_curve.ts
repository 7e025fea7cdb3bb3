import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { highlightsOf } from '../headline.ts'
import { score } from '../numbers.ts'
import { colours, fullWidth, type Highlights, lookOf, subtitle } from './theme.ts'

/** Precision-recall curves on test: the recipe and the hardest baseline by name, all others grey, prevalence as the level of a coin. */
export function plotPrCurve(evaluation: Evaluation, highlights: Highlights = highlightsOf(evaluation)): TopLevelSpec {
  const { prevalence, models: judged } = evaluation.splits.test
  const all = Object.values(evaluation.models).filter(({ curve }) => curve.length > 0)
  const named = [highlights.lead, highlights.baseline].flatMap(name => all.filter(model => model.name === name))
  const others = all.filter(model => !named.includes(model))
  const groups = [
    ...named.map(({ name, title }) => ({ group: `${title} ${score(judged[name].pr_auc)}`, models: [name] })),
    ...(others.length > 0
      ? [
          {
            group: others.length === 1 ? 'the other model' : `the other ${others.length}`,
            models: others.map(m => m.name),
          },
        ]
      : []),
  ]
  const looks = groups.map(({ models: [first] }) => lookOf(first, highlights))
  const domain = groups.map(({ group }) => group)
  const groupOf = (name: string) => groups.find(({ models }) => models.includes(name))!.group
  // what stands out is drawn last, above the grey
  const values = [...others, ...[...named].reverse()].flatMap(({ name, curve }) =>
    curve.map(({ recall, precision }) => ({ recall, precision, model: name, group: groupOf(name) })),
  )
  const byGroup = <Of>(range: Of[]) => ({
    field: 'group',
    type: 'nominal' as const,
    sort: domain,
    scale: { domain, range },
    legend: { title: null, orient: 'top' as const, symbolType: 'stroke' as const, columns: 0 },
  })
  return {
    ...fullWidth,
    title: {
      text: 'Precision and recall on test',
      subtitle: subtitle(evaluation.simulated, `PR-AUC beside each name; dotted: prevalence ${score(prevalence)}`),
    },
    height: 300,
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
          detail: { field: 'model', type: 'nominal' },
          color: byGroup(looks.map(({ colour }) => colour)),
          strokeWidth: byGroup(looks.map(({ width }) => width)),
          strokeDash: byGroup(looks.map(({ dash }) => dash)),
        },
      },
    ],
  }
}
