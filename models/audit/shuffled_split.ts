import type { FeatureTable } from '../../features/table.ts'
import { seededRandom } from '../../random.ts'
import { fitBoosting } from '../boosting.ts'
import { boostingScores } from '../ensemble.ts'
import type { AuditCheck, ModelResult, Segment } from '../evaluation.ts'
import { averagePrecision, rankByScore } from '../metrics.ts'
import { percentileOf } from '../percentile.ts'
import { termColumns } from '../term.ts'
import { toFloat } from '../volatility_predict.ts'
import { volatilityReadings, volatilityTerms } from '../volatility_recipe.ts'

const seed = 60
const permutations = 200
const block_s = 300

/**
 * Scores against test labels that were moved round in time, so that neighbours stay neighbours: no score may then do better
 * than the 99 % interval of such shifts says. A score that still finds the labels knows where they are by another way.
 * @param rows test rows, ascending. @param scores of all rows, by model.
 */
export function checkShuffledLabels(
  labels: Float64Array,
  rows: Int32Array,
  scores: Record<string, Float64Array>,
  segment: Segment,
): AuditCheck {
  const name = 'shuffled_labels'
  if (rows.length < 4 * block_s || segment.positives === 0)
    return { name, verdict: 'warning', detail: 'the test segment is too short to move its labels round' }
  const random = seededRandom(seed)
  const shuffled = shuffleBlocks(
    Float64Array.from(rows, row => labels[row]),
    random,
  )
  const faults: string[] = []
  let worst = { model: '', above: Number.NEGATIVE_INFINITY, text: '' }
  for (const [model, all] of Object.entries(scores)) {
    const values = Float64Array.from(rows, row => all[row])
    const precisionOf = rankedPrecision(values)
    const found = precisionOf(shuffled)
    const drawn = Float64Array.from({ length: permutations }, () => precisionOf(shuffleBlocks(shuffled, random)))
    const high = percentileOf(drawn, 99.5)
    const text = `${model} ${found.toFixed(3)}, 99 % of shuffles reach at most ${high.toFixed(3)}`
    if (found / high > worst.above) worst = { model, above: found / high, text }
    if (found > high) faults.push(text)
  }
  const prevalence = `prevalence ${segment.prevalence.toFixed(3)}`
  if (faults.length === 0)
    return {
      name,
      verdict: 'passed',
      detail: `PR-AUC on test labels shuffled in blocks of ${block_s} rows; nearest to its limit: ${worst.text} (${prevalence})`,
    }
  // honest scores go out of a 99 % interval now and then, but not by a quarter
  const failed = segment.degenerate === null && worst.above > 1.25
  return { name, verdict: failed ? 'failed' : 'warning', detail: `${faults.join('; ')} (${prevalence})` }
}

/** What a split that shuffles rows would have claimed with deep trees on the same rows: a figure to distrust. */
export function checkShuffledSplit(
  table: FeatureTable,
  rows: Int32Array,
  labels: Float64Array,
  tau: Record<string, number>,
  models: Record<string, ModelResult>,
): AuditCheck {
  const name = 'shuffled_split'
  const random = seededRandom(seed)
  const drawn = rows.map(row => (random() < 0.7 ? row : -1 - row))
  const fitted = drawn.filter(row => row >= 0)
  const judged = drawn.filter(row => row < 0).map(row => -1 - row)
  const of = (some: Int32Array) => Uint8Array.from(some, row => labels[row])
  const columns = (some: Int32Array) =>
    [
      ...termColumns(table, some, tau, volatilityReadings, volatilityTerms),
      ...['mid', 'hour_sin', 'bollinger_width_1200s'].map(column =>
        Float64Array.from(some, row => table.columns[column][row]),
      ),
    ].map(toFloat)
  const y = of(judged)
  const positives = y.reduce((sum, one) => sum + one, 0)
  if (positives === 0 || positives === y.length || of(fitted).every(one => one === 0))
    return { name, verdict: 'warning', detail: 'one class only' }
  const deep = { rounds: 40, leaves: 63, learningRate: 0.2, leastRows: 5, l2: 0 }
  const ensemble = fitBoosting(columns(fitted), of(fitted), { objective: 'log_loss', ...deep })
  const claimed = averagePrecision(y, boostingScores(ensemble, columns(judged), y.length))
  const honest = Math.max(...Object.values(models).map(({ test }) => test.pr_auc ?? 0))
  return {
    name,
    verdict: 'warning',
    detail: `a random split of the same rows would have claimed PR-AUC ${claimed.toFixed(3)} with deep trees; by time the best here has ${honest.toFixed(3)}. Neighbouring seconds share 59 of their 60 returns, so shuffled rows are seen twice`,
  }
}

/** Average precision of many labellings by one score, which is ranked once. */
function rankedPrecision(scores: Float64Array): (labels: Float64Array) => number {
  const order = rankByScore(scores)
  const lastOfTie = Uint8Array.from(order, (row, i) => (scores[order[i + 1]] === scores[row] ? 0 : 1))
  return labels => {
    let area = 0
    let tp = 0
    let before = 0
    for (let i = 0; i < order.length; i++) {
      tp += labels[order[i]]
      if (lastOfTie[i] === 0 || tp === before) continue
      area += (tp - before) * (tp / (i + 1))
      before = tp
    }
    return area / before
  }
}

/** The same values, blocks in another order and begun at another place. */
function shuffleBlocks(values: Float64Array, random: () => number): Float64Array {
  const shift = Math.floor(random() * values.length)
  const blocks = Array.from({ length: Math.ceil(values.length / block_s) }, (_, i) => i)
  for (let i = blocks.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[blocks[i], blocks[j]] = [blocks[j], blocks[i]]
  }
  const moved = new Float64Array(values.length)
  let place = 0
  for (const block of blocks) {
    const end = Math.min((block + 1) * block_s, values.length)
    for (let i = block * block_s; i < end; i++) moved[place++] = values[(i + shift) % values.length]
  }
  return moved
}
