import { exp, log, log1p, square } from '../../math/numeric.ts'
import { binColumns, findEdges } from './boosting_bins.ts'
import { TreeGrower } from './boosting_tree.ts'
import { type Ensemble, valueAt } from './ensemble.ts'

export interface BoostingSettings {
  /**
   * `log_loss`: labels 0 and 1, scores are log odds. `squared_error`: any target, scores in its unit. `huber`: the same with
   * gradients of at most 1, from 0 on instead of from the mean: for the errors of another forecast.
   */
  objective: 'log_loss' | 'squared_error' | 'huber'
  rounds: number
  leaves: number
  learningRate: number
  /** Rows that each leaf keeps. */
  leastRows: number
  l2: number
  /** Sign of the effect allowed to each column: 1 rising, -1 falling, 0 any; all free by default. */
  monotone?: number[]
  /** How much each row counts, 1 on average; all the same by default. */
  weights?: Float64Array
  /** Rows that are not trained on: growth ends after `patience` rounds without a lower loss there, and the best round counts. */
  watch?: { columns: Float32Array[]; targets: ArrayLike<number>; patience: number }
}

const leastHessian = 1e-3

/**
 * Gradient boosting on histograms (Friedman 2001; Ke and others 2017), deterministic: no sampling, ties by column order.
 * @param columns float32 values of the training rows, one array per column, NaN for null.
 */
export function fitBoosting(columns: Float32Array[], targets: ArrayLike<number>, settings: BoostingSettings): Ensemble {
  const rows = targets.length
  const { objective, rounds, leaves, learningRate, leastRows, l2, weights, watch } = settings
  const monotone = Int8Array.from(settings.monotone ?? columns.map(() => 0))
  const edges = findEdges(columns)
  const bins = binColumns(columns, edges)
  const grower = new TreeGrower(bins, edges, rows, { leaves, learningRate, leastRows, l2, leastHessian, monotone })
  const ensemble: Ensemble = { base: startOf(targets, objective), trees: [] }
  const scores = new Float64Array(rows).fill(ensemble.base)
  const gradients = new Float64Array(rows)
  const hessians = new Float64Array(rows)
  const watched = watch && new Float64Array(watch.targets.length).fill(ensemble.base)
  let best = { loss: Number.POSITIVE_INFINITY, trees: 0 }
  for (let round = 0; round < rounds; round++) {
    derive(objective, targets, scores, gradients, hessians)
    if (weights) weigh(weights, gradients, hessians)
    const tree = grower.grow(gradients, hessians, scores)
    if (tree.feature[0] < 0) break
    ensemble.trees.push(tree)
    if (!watch || !watched) continue
    for (let row = 0; row < watched.length; row++) watched[row] += valueAt(tree, watch.columns, row)
    const loss = meanLoss(objective, watch.targets, watched)
    if (loss < best.loss) best = { loss, trees: round + 1 }
    else if (round + 1 - best.trees >= watch.patience) break
  }
  if (watch) ensemble.trees.length = best.trees
  return ensemble
}

/** Share of the whole gain that the splits on each column brought. */
export function gainShares({ trees }: Ensemble, width: number): number[] {
  const gains = new Array<number>(width).fill(0)
  for (const { feature, gain } of trees)
    feature.forEach((column, node) => {
      if (column >= 0) gains[column] += gain[node]
    })
  const whole = gains.reduce((sum, gain) => sum + gain, 0)
  return gains.map(gain => (whole > 0 ? gain / whole : 0))
}

function startOf(targets: ArrayLike<number>, objective: BoostingSettings['objective']): number {
  if (objective === 'huber') return 0
  let sum = 0
  for (let i = 0; i < targets.length; i++) sum += targets[i]
  const mean = sum / targets.length
  return objective === 'squared_error' ? mean : log(mean / (1 - mean))
}

function derive(
  objective: BoostingSettings['objective'],
  targets: ArrayLike<number>,
  scores: Float64Array,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  hessians.fill(1)
  if (objective === 'huber') {
    for (let i = 0; i < scores.length; i++) gradients[i] = Math.min(Math.max(scores[i] - targets[i], -1), 1)
    return
  }
  if (objective === 'squared_error') {
    for (let i = 0; i < scores.length; i++) gradients[i] = scores[i] - targets[i]
    return
  }
  for (let i = 0; i < scores.length; i++) {
    const p = 1 / (1 + exp(-scores[i]))
    gradients[i] = p - targets[i]
    hessians[i] = p * (1 - p)
  }
}

function weigh(weights: Float64Array, gradients: Float64Array, hessians: Float64Array): void {
  for (let i = 0; i < weights.length; i++) {
    gradients[i] *= weights[i]
    hessians[i] *= weights[i]
  }
}

function meanLoss(objective: BoostingSettings['objective'], targets: ArrayLike<number>, scores: Float64Array): number {
  let sum = 0
  for (let i = 0; i < scores.length; i++) {
    if (objective === 'squared_error') sum += square(scores[i] - targets[i])
    else if (objective === 'huber') sum += huberLoss(scores[i] - targets[i])
    else {
      const margin = targets[i] === 1 ? scores[i] : -scores[i]
      sum += Math.max(-margin, 0) + log1p(exp(-Math.abs(margin)))
    }
  }
  return sum / scores.length
}

/** Half the square up to 1, from there on a line: Huber (1964). */
function huberLoss(error: number): number {
  const size = Math.abs(error)
  return size <= 1 ? square(size) / 2 : size - 0.5
}
