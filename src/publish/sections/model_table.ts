import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { interval, score } from '../numbers.ts'

/** The one table of all models, its columns and rows as texts; the last row is what a score without knowledge reaches. */
export function modelTable({ models, splits, walk_forward: report }: Evaluation): {
  header: string[]
  rows: string[][]
} {
  const judged = Object.values(models).map(({ name, title, test, validation }) => {
    const pooled = report?.models[name]
    return [
      title,
      score(test.pr_auc),
      interval(test),
      ...(report
        ? [score(pooled?.pr_auc), pooled ? interval(pooled) : '–']
        : [score(validation.pr_auc), interval(validation)]),
      score(test.roc_auc),
      score(test.f1),
      score(test.brier),
    ]
  })
  const onlyWalked = Object.values(report?.models ?? {})
    .filter(({ name }) => !(name in models))
    .map(model => [model.title, '–', '–', score(model.pr_auc), interval(model), '–', '–', '–'])
  const { prevalence } = splits.test
  const other = report ? report.prevalence : splits.validation.prevalence
  return {
    header: [
      'Model',
      'PR-AUC\ntest',
      '95 % interval',
      report ? 'PR-AUC\nwalk-forward' : 'PR-AUC\nvalidation',
      '95 % interval',
      'ROC-AUC',
      'F1',
      'Brier',
    ],
    rows: [
      ...judged,
      ...onlyWalked,
      [
        'Prevalence, or no knowledge',
        score(prevalence),
        '',
        score(other),
        '',
        '0.500',
        '',
        score(prevalence * (1 - prevalence)),
      ],
    ],
  }
}
