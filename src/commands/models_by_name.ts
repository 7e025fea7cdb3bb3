import type { Evaluation } from '../core/models/judge/evaluation.ts'
import type { JudgedStretch } from '../core/models/judge/stretch.ts'

/** What each model reached on validation and on test, by its name: the form of the commands' JSON. */
export function modelsByName({ models, splits }: Pick<Evaluation, 'models' | 'splits'>) {
  const reached = (name: string, { rows, positives, episodes, prevalence, models }: JudgedStretch) => ({
    ...{ rows, positives, episodes, prevalence },
    ...models[name],
  })
  return Object.fromEntries(
    Object.entries(models).map(([name, report]) => [
      name,
      { ...report, validation: reached(name, splits.validation), test: reached(name, splits.test) },
    ]),
  )
}
