import { groupIndices } from '../../math/group_indices.ts'
import { percentileOf } from '../../math/percentile.ts'
import { seededRandom } from '../../math/random.ts'
import { rankedPrecision } from '../metrics/ranked_precision.ts'
import { average } from '../recipes/average.ts'
import { labelRows } from '../split/label.ts'
import type { AuditCheck } from './check.ts'
import { rememberRows } from './deep_trees.ts'
import type { AuditInput } from './input.ts'
import { blockRows, shuffleBlocks } from './label_blocks.ts'

const seed = 60
const permutations = 200
/** One honest run in a hundred lies outside a 99 % interval; none does so each time. */
const attempts = 3

/**
 * Shuffles sigma_future of the whole file in blocks of time, fits the recipe and deep trees on the training rows and judges them
 * on the test rows. Nothing is left to learn, so PR-AUC must lie within the 99 % interval that test labels give when they are
 * shuffled once more. If it is higher, fitted and judged rows share something: the same row, or neighbours in time.
 */
export function checkShuffledLabels(input: AuditInput): AuditCheck {
  const name = 'shuffled_labels'
  const { split, splits } = input
  if (split.test.length < 4 * blockRows)
    return { name, verdict: 'warning', detail: 'the test segment is too short to move its labels round' }
  const random = seededRandom(seed)
  let outside: Outcome[] = []
  for (let attempt = 0; attempt < attempts; attempt++) {
    const outcomes = judgeShuffled(input, random)
    if (outcomes === null)
      return { name, verdict: 'warning', detail: 'labels moved round left one class only in training or in test' }
    const names = attempt === 0 ? outcomes.map(({ model }) => model) : outside.map(({ model }) => model)
    outside = outcomes.filter(({ model, found, high }) => found > high && names.includes(model))
    const [nearest] = outcomes.sort((a, b) => b.found / b.high - a.found / a.high)
    if (outside.length === 0)
      return {
        name,
        verdict: 'passed',
        detail: `fitted on labels moved round in blocks of ${blockRows} rows, no model finds those of test; nearest: ${textOf(nearest)}`,
      }
  }
  return {
    name,
    verdict: splits.test.degenerate === null ? 'failed' : 'warning',
    detail: `fitted on labels moved round, ${attempts} times of ${attempts}: ${outside.map(textOf).join('; ')}: judged rows are known to the fit`,
  }
}

interface Outcome {
  model: string
  found: number
  high: number
}

function textOf({ model, found, high }: Outcome): string {
  return `${model} PR-AUC ${found.toFixed(3)}, 99 % interval up to ${high.toFixed(3)}`
}

/** Null where a class is missing. */
function judgeShuffled({ table, split, tau, config }: AuditInput, random: () => number): Outcome[] | null {
  const sigma_future = table.sigma_future.slice()
  const judged = Int32Array.from(new Set([...split.train, ...split.validation, ...split.test])).sort()
  for (const rows of byProduct(table.product, judged)) {
    const moved = shuffleBlocks(
      Float64Array.from(rows, row => sigma_future[row]),
      random,
    )
    rows.forEach((row, i) => {
      sigma_future[row] = moved[i]
    })
  }
  const shuffled = { ...table, sigma_future }
  const labels = labelRows(shuffled, tau)
  const hasBoth = (rows: Int32Array) => rows.some(row => labels[row] === 1) && rows.some(row => labels[row] === 0)
  if (!hasBoth(split.train) || !hasBoth(split.test)) return null
  const training = { table: shuffled, rows: split.train, labels, tau, settings: config.models }
  const scores = {
    [average.name]: average.fit(training).predict(shuffled, split.test).score,
    'deep trees': rememberRows(shuffled, tau, labels, split.train, split.test),
  }
  const ofTest = Float64Array.from(split.test, row => labels[row])
  return Object.entries(scores).map(([model, score]) => {
    const precisionOf = rankedPrecision(score)
    const drawn = Float64Array.from({ length: permutations }, () => precisionOf(shuffleBlocks(ofTest, random)))
    return { model, found: precisionOf(ofTest), high: percentileOf(drawn, 99.5) }
  })
}

function byProduct(product: string[], rows: Int32Array): Int32Array[] {
  return [...groupIndices(rows.length, i => product[rows[i]]).values()].map(own => Int32Array.from(own, i => rows[i]))
}
