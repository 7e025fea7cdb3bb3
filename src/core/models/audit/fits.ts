import { everyRow, takeRows } from '../../features/table.ts'
import { fitAll, recipesOf } from '../recipes/all.ts'
import type { Training } from '../recipes/recipe.ts'
import { describeSegment } from '../split/segment.ts'
import { type AuditCheck, verdictOf } from './check.ts'
import type { AuditInput } from './input.ts'

/**
 * Fits everything again with nothing but the training rows in memory, and calibrates with nothing but the validation rows: each
 * number of each model must come out the same to the last bit, or it saw other rows.
 */
export function checkFits(input: AuditInput): AuditCheck {
  const { table, split, artifacts } = input
  const validation = alone(input, split.validation)
  const calibrates =
    describeSegment(validation.table, validation.rows, validation.labels, table.time[0]).degenerate === null
  const again = fitAll(recipesOf('training'), alone(input, split.train))
  const faults: string[] = []
  let numbers = 0
  for (const artifact of artifacts) {
    const model = again[artifact.name]
    const { linear, volatility } = (calibrates && model.calibrate?.(validation)) || model
    const expected = { ...linear, ...volatility }
    const saved = Object.fromEntries(Object.keys(expected).map(key => [key, artifact[key as keyof typeof artifact]]))
    for (const fault of faultsOf(artifact.name, saved, expected)) faults.push(fault)
    numbers += numbersIn(expected)
  }
  return verdictOf(
    'fits',
    faults,
    `${numbers} numbers (medians, scales, bin edges, weights, leaves, residual spreads, calibrations) of ${artifacts.length} models come out the same when only the ${split.train.length} training rows${calibrates ? ` and, for calibration, the ${split.validation.length} validation rows` : ''} are in memory`,
  )
}

/** A table of the given rows and nothing else. */
function alone({ table, labels, tau, config }: AuditInput, indices: Int32Array): Training {
  const only = takeRows({ ...table, label: labels }, indices)
  return { table: only, rows: everyRow(only), labels: only.label!, tau, settings: config.models }
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
