import { everyRow, takeRows } from '../../features/table.ts'
import { scoreRows } from '../artifact/score.ts'
import { bestThreshold } from '../metrics/threshold.ts'
import { rules } from '../recipes/rules.ts'
import { type AuditCheck, verdictOf } from './check.ts'
import type { AuditInput } from './input.ts'

/** Test rows scored again with nothing but them in memory, by the models as they will be saved. */
export function checkScores({ table, split, tau, artifacts, scores }: AuditInput): AuditCheck {
  const test = takeRows(table, split.test)
  const again: Record<string, Float64Array> = Object.fromEntries([
    ...rules.map(rule => [rule.name, rule.fit({ tau }).predict(test, everyRow(test)).score]),
    ...artifacts.map(artifact => [artifact.name, scoreRows(artifact, test)]),
  ])
  const faults = Object.entries(scores).flatMap(([name, all]) => {
    if (!(name in again)) return [`${name}: nothing is saved that could score again`]
    const wrong = split.test.reduce((sum, row, i) => sum + (Object.is(all[row], again[name][i]) ? 0 : 1), 0)
    return wrong > 0 ? [`${name}: ${wrong} of ${test.rows} scores are not what the saved model gives`] : []
  })
  return verdictOf(
    'scores',
    faults,
    `each of ${Object.keys(scores).length} models gives the ${test.rows} test rows the same scores when they alone are in memory`,
  )
}

/** The alarm threshold of each model picked again on validation, or on training where validation has no spike. */
export function checkThresholds({ split, splits, labels, scores }: AuditInput): AuditCheck {
  const pick = (rows: Int32Array, score: Float64Array): number | null =>
    bestThreshold(
      Float64Array.from(rows, row => labels[row]),
      Float64Array.from(rows, row => score[row]),
    )
  const faults = Object.values(splits.test.models).flatMap(({ name, threshold }) => {
    const again = pick(split.validation, scores[name]) ?? pick(split.train, scores[name])
    return Object.is(threshold, again) ? [] : [`${name}: ${threshold} is not the best on validation, ${again}`]
  })
  return verdictOf(
    'thresholds',
    faults,
    'each is the one of the best F1 on validation, or on training where that has no spike',
  )
}
