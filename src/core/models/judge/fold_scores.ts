import { averagePrecision } from '../metrics/metrics.ts'
import type { Pooled } from './pooled_walk.ts'

/** PR-AUC of each model on each fold of a walk-forward; null where the fold holds one class only. */
export function foldScores({ folds, fold, label, models }: Pooled): Record<string, number | null>[] {
  return folds.map((_, k) => {
    const rows = Array.from(label.keys()).filter(i => fold[i] === k)
    const y = Uint8Array.from(rows, i => label[i])
    const positives = y.reduce((sum, one) => sum + one, 0)
    if (positives === 0 || positives === y.length) return mapModels(models, () => null)
    return mapModels(models, ({ score }) =>
      averagePrecision(
        y,
        Float64Array.from(rows, i => score[i]),
      ),
    )
  })
}

function mapModels<Value>(models: Pooled['models'], of: (model: Pooled['models'][string]) => Value) {
  return Object.fromEntries(Object.entries(models).map(([name, model]) => [name, of(model)]))
}
