import { takeRows } from '../../features/table.ts'
import { fitLinear } from '../fit/fit.ts'
import { logisticInputs } from '../fit/recipe.ts'
import type { AuditCheck } from '../judge/evaluation.ts'
import type { Training } from '../recipes/model.ts'
import { calibrateOn, volatilityRecipes } from '../recipes/volatility_entrants.ts'
import { describeSegment } from '../split/segment.ts'
import type { AuditInput } from './input.ts'
import { verdictOf } from './verdict.ts'

/**
 * Fits everything again with nothing but the training rows in memory, and calibrates with nothing but the validation rows: each
 * number of each model must come out the same to the last bit, or it saw other rows.
 */
export function checkFits(input: AuditInput): AuditCheck {
  const { table, split, artifact, volatility, config } = input
  const train = alone(input, split.train)
  const { fitted } = fitLinear(train.table, train.rows, train.labels, logisticInputs, config.models.l2)
  const saved = Object.fromEntries(Object.keys(fitted).map(key => [key, artifact[key as keyof typeof fitted]]))
  const faults = faultsOf(artifact.name, saved, fitted)
  const validation = alone(input, split.validation)
  const calibrates =
    describeSegment(validation.table, validation.rows, validation.labels, table.time[0]).degenerate === null
  let numbers = numbersIn(fitted)
  for (const model of volatilityRecipes(config)) {
    const again = model.fit(train).volatility!
    const expected = (calibrates ? calibrateOn(again, validation) : null) ?? again
    const found = volatility.find(({ name }) => name === model.name)
    faults.push(...faultsOf(model.name, found?.fitted, expected))
    numbers += numbersIn(expected)
  }
  return verdictOf(
    'fits',
    faults,
    `${numbers} numbers (medians, scales, bin edges, weights, leaves, residual spreads, calibrations) of ${1 + volatility.length} models come out the same when only the ${split.train.length} training rows${calibrates ? ` and, for calibration, the ${split.validation.length} validation rows` : ''} are in memory`,
  )
}

/** A table of the given rows and nothing else. */
function alone({ table, labels, tau }: AuditInput, indices: Int32Array): Training {
  const only = takeRows({ ...table, label: labels }, indices)
  return { table: only, rows: Int32Array.from({ length: only.rows }, (_, row) => row), labels: only.label!, tau }
}

const words: Record<string, string> = {
  inputs: 'inputs',
  readings: 'inputs',
  terms: 'inputs',
  logs: 'inputs',
  impute: 'medians',
  indicators: 'null indicators',
  mean: 'means',
  scale: 'scales',
  weights: 'weights',
  intercept: 'weights',
  base: 'start of the trees',
  threshold: 'bin edges of the trees',
  value: 'leaves',
  link: 'residual spread or calibration',
}

function faultsOf(name: string, found: unknown, expected: unknown): string[] {
  const parts = new Set<string>()
  compare(found, expected, 'parts', parts)
  return parts.size === 0
    ? []
    : [`${name}: ${[...parts].join(', ')} are not those of the training rows (calibration: of the validation rows)`]
}

function compare(found: unknown, expected: unknown, part: string, into: Set<string>): void {
  if (isBranch(found) && isBranch(expected)) {
    for (const key of Object.keys({ ...found, ...expected }))
      compare(found[key], expected[key], words[key] ?? part, into)
  } else if (!Object.is(found, expected)) into.add(part)
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function numbersIn(value: unknown): number {
  if (isBranch(value)) return Object.values(value).reduce<number>((sum, part) => sum + numbersIn(part), 0)
  return typeof value === 'number' ? 1 : 0
}
