import { average } from '../recipes/average.ts'
import { drawn } from '../recipes/drawn.ts'
import type { Evaluation } from './evaluation.ts'
import type { JudgedModel } from './judged_model.ts'

/**
 * The learned model that verdict, card, hand-off, scoring and registry speak of first, as it is on test: the recipe fixed beforehand;
 * where that has no score on test, the one with the best PR-AUC on validation, so that test does not choose. Undefined where test
 * scores none.
 */
export function leadOf({ splits: { validation, test } }: Pick<Evaluation, 'splits'>): JudgedModel | undefined {
  const learned = Object.values(test.models).filter(({ kind, pr_auc }) => kind === 'learned' && pr_auc !== null)
  return (
    [drawn, average].map(fixed => learned.find(({ name }) => name === fixed.name)).find(one => one !== undefined) ??
    best(learned, ({ name }) => validation.models[name].pr_auc)
  )
}

/** The one with the highest value; undefined of none. */
export function best(models: JudgedModel[], value: (model: JudgedModel) => number | null): JudgedModel | undefined {
  return models.reduce<JudgedModel | undefined>(
    (top, model) => (top === undefined || (value(model) ?? -1) > (value(top) ?? -1) ? model : top),
    undefined,
  )
}
