import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../../core/models/judge/judged_model.ts'
import { interval, score } from '../numbers.ts'

/** The one table of all models, its columns and rows as texts; the last row is what a score without knowledge reaches. */
export function modelTable({ splits: { validation, test }, walk_forward }: Evaluation): {
  header: string[]
  rows: string[][]
} {
  const second = walk_forward ?? validation
  const precision = (model: JudgedModel | undefined): string[] =>
    model ? [score(model.pr_auc), interval(model)] : ['–', '–']
  return {
    header: [
      'Model',
      'PR-AUC\ntest',
      '95 % interval',
      walk_forward ? 'PR-AUC\nwalk-forward' : 'PR-AUC\nvalidation',
      '95 % interval',
      'ROC-AUC',
      'F1',
      'Brier',
    ],
    rows: [
      ...Object.values({ ...test.models, ...second.models }).map(({ name, title }) => {
        const model = test.models[name]
        const others = [score(model?.roc_auc), score(model?.f1), score(model?.brier)]
        return [title, ...precision(model), ...precision(second.models[name]), ...others]
      }),
      [
        'Prevalence, or no knowledge',
        score(test.prevalence),
        '',
        score(second.prevalence),
        '',
        '0.500',
        '',
        score(test.prevalence * (1 - test.prevalence)),
      ],
    ],
  }
}
