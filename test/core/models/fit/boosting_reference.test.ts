import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { type BoostingSettings, fitBoosting, gainShares } from '../../../../src/core/models/fit/boosting.ts'
import { findEdges } from '../../../../src/core/models/fit/boosting_bins.ts'
import { boostingScores, type Tree } from '../../../../src/core/models/fit/ensemble.ts'

const rows = 90
const usual: BoostingSettings = {
  ...{ objective: 'squared_error', rounds: 4, leaves: 7, learningRate: 0.3, leastRows: 4, l2: 0 },
}
const leastHessian = 1e-3

interface Sums {
  gradient: number
  hessian: number
  count: number
}
interface Bounds {
  low: number
  high: number
}
interface Candidate {
  feature: number
  threshold: number
  nullLeft: boolean
}

/** Three columns of few values, of which the first two have nulls, and a target that hangs on all of them. */
function market(seed: number): { columns: Float32Array[]; y: Float64Array; weights: Float64Array } {
  const random = seededRandom(seed)
  const columns = [0.2, 0.05, 0].map(nulls =>
    Float32Array.from({ length: rows }, () => (random() < nulls ? Number.NaN : Math.floor(14 * random()) / 4)),
  )
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = columns.map(column => column[row])
    return (Number.isNaN(a) ? -1.3 : Math.sin(2 * a)) + (b || 0.4) * (c - 1.5) + random()
  })
  return { columns, y, weights: Float64Array.from(y, () => 0.5 + random()) }
}

/** Looks at each split and leaf of an ensemble: none better was there, and each value is the Newton step of its rows. */
function judge(columns: Float32Array[], targets: ArrayLike<number>, settings: BoostingSettings): number {
  const { objective, rounds, leaves, learningRate, leastRows, l2, weights, monotone = [0, 0, 0] } = settings
  const ensemble = fitBoosting(columns, targets, settings)
  const mean = Array.from(targets).reduce((sum, y) => sum + y, 0) / rows
  const base = { squared_error: mean, huber: 0, log_loss: Math.log(mean / (1 - mean)) }[objective]
  expect(ensemble.base).toBeCloseTo(base, 9)
  expect(ensemble.trees.length).toBeLessThanOrEqual(rounds)
  const edges = findEdges(columns)
  const scores = new Float64Array(rows).fill(base)
  for (const tree of ensemble.trees) {
    const derived = Array.from(scores, (score, row) => {
      const p = 1 / (1 + Math.exp(-score))
      const error = score - targets[row]
      const weight = weights?.[row] ?? 1
      if (objective === 'log_loss') return { g: weight * (p - targets[row]), h: weight * p * (1 - p) }
      return { g: weight * (objective === 'huber' ? Math.max(-1, Math.min(1, error)) : error), h: weight }
    })
    const sumsOf = (of: number[]): Sums => ({
      gradient: of.reduce((sum, row) => sum + derived[row].g, 0),
      hessian: of.reduce((sum, row) => sum + derived[row].h, 0),
      count: of.length,
    })
    const stepOf = ({ gradient, hessian }: Sums, { low, high }: Bounds): number =>
      Math.max(low, Math.min(high, -gradient / (hessian + l2)))
    /** Twice by how much the loss falls where rows get the value of their leaf. */
    const dropOf = (sums: Sums, bounds: Bounds): number => {
      const value = stepOf(sums, bounds)
      return -2 * sums.gradient * value - (sums.hessian + l2) * value * value
    }
    const goesLeft = ({ feature, threshold, nullLeft }: Candidate, row: number): boolean =>
      Number.isNaN(columns[feature][row]) ? nullLeft : columns[feature][row] <= threshold
    const gainOf = (of: number[], bounds: Bounds, split: Candidate): number => {
      const [left, right] = [true, false].map(side => sumsOf(of.filter(row => goesLeft(split, row) === side)))
      for (const { count, hessian } of [left, right])
        if (count < leastRows || hessian < leastHessian) return Number.NEGATIVE_INFINITY
      if (monotone[split.feature] * (stepOf(right, bounds) - stepOf(left, bounds)) < 0) return Number.NEGATIVE_INFINITY
      return dropOf(left, bounds) + dropOf(right, bounds) - dropOf(sumsOf(of), bounds)
    }
    const bestOf = (of: number[], bounds: Bounds): number =>
      Math.max(
        ...edges.flatMap((list, feature) =>
          Array.from(list).flatMap(threshold =>
            [false, true].map(nullLeft => gainOf(of, bounds, { feature, threshold, nullLeft })),
          ),
        ),
      )
    const all = Array.from({ length: rows }, (_, row) => row)
    const whole = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
    const open = [{ node: 0, of: all, bounds: whole, best: bestOf(all, whole) }]
    const splitAt = new Map(
      tree.left.map((left, node) => [left, node]).filter(([left]) => left > 0) as [number, number][],
    )
    for (let left = 1; left < tree.feature.length; left += 2) {
      const node = splitAt.get(left)!
      const place = open.findIndex(one => one.node === node)
      const [{ of, bounds, best }] = open.splice(place, 1)
      expect(best).toBeCloseTo(Math.max(best, ...open.map(one => one.best)), 7)
      const split = {
        feature: tree.feature[node],
        threshold: tree.threshold[node],
        nullLeft: tree.nullLeft[node] === 1,
      }
      expect(edges[split.feature]).toContain(split.threshold)
      expect([0, 1]).toContain(tree.nullLeft[node])
      expect(gainOf(of, bounds, split)).toBeCloseTo(best, 7)
      expect(tree.gain[node]).toBeCloseTo(best, 7)
      if (of.every(row => !Number.isNaN(columns[split.feature][row]))) expect(split.nullLeft).toBe(false)
      expect(tree.right[node]).toBe(left + 1)
      const sides = [true, false].map(side => of.filter(row => goesLeft(split, row) === side))
      const middle = sides.reduce((sum, side) => sum + stepOf(sumsOf(side), bounds) / 2, 0)
      sides.forEach((side, k) => {
        const sign = monotone[split.feature] * (k === 0 ? 1 : -1)
        const inside = { low: sign < 0 ? middle : bounds.low, high: sign > 0 ? middle : bounds.high }
        open.push({ node: left + k, of: side, bounds: inside, best: bestOf(side, inside) })
      })
    }
    if (open.length < leaves) for (const { best } of open) expect(best).toBeLessThan(1e-9)
    expect(open.length).toBeLessThanOrEqual(leaves)
    for (const { node, of, bounds } of open) {
      const value = learningRate * stepOf(sumsOf(of), bounds)
      expect(tree.value[node]).toBeCloseTo(value, 9)
      for (const row of of) scores[row] += tree.value[node]
    }
  }
  const said = boostingScores(ensemble, columns, rows)
  scores.forEach((score, row) => {
    expect(said[row]).toBeCloseTo(score, 9)
  })
  const gains = [0, 0, 0]
  for (const { feature, gain } of ensemble.trees)
    for (const [node, column] of feature.entries()) if (column >= 0) gains[column] += gain[node]
  const shares = gainShares(ensemble, 3)
  for (const [column, gain] of gains.entries())
    expect(shares[column]).toBeCloseTo(gain / (gains[0] + gains[1] + gains[2]), 9)
  return ensemble.trees.length
}

describe('every split is the best of all that could be, and the next one is where it gains most', () => {
  const classes = (y: Float64Array): Float64Array => y.map(value => (value > 0.3 ? 1 : 0))
  test.each<[string, Partial<BoostingSettings>]>([
    ['squared errors', {}],
    ['a penalty', { l2: 3 }],
    ['leaves of one row', { leastRows: 1, leaves: 30, rounds: 2 }],
    ['leaves of a third of the rows', { leastRows: 30 }],
    ['few leaves', { leaves: 2, rounds: 8 }],
    ['Huber', { objective: 'huber' }],
    ['labels', { objective: 'log_loss' }],
    [
      'labels until leaves know too little',
      { objective: 'log_loss', learningRate: 1, rounds: 9, leastRows: 1, leaves: 20 },
    ],
    ['columns that must rise or fall', { monotone: [1, -1, 0], leaves: 12, leastRows: 2 }],
    ['one that must fall, and a penalty', { monotone: [0, 0, -1], leaves: 12, leastRows: 2, l2: 1 }],
  ])('%s', (_, more) => {
    for (const seed of [1, 2]) {
      const { columns, y } = market(seed)
      const settings = { ...usual, ...more }
      const targets = settings.objective === 'log_loss' ? classes(y) : y
      expect(judge(columns, targets, settings)).toBeGreaterThan(0)
    }
  })

  test('rows that weigh more and less', () => {
    const { columns, y, weights } = market(3)
    judge(columns, y, { ...usual, objective: 'huber', weights })
    judge(columns, classes(y), { ...usual, objective: 'log_loss', weights, l2: 0.5 })
  })

  test('of equal gains the first column and the lowest threshold', () => {
    const column = Float32Array.of(1, 2, 3)
    const settings = { ...usual, leastRows: 1, leaves: 2, rounds: 1 }
    const { trees } = fitBoosting([Float32Array.of(5, 5, 5), column, column], [1, -2, 1], settings)
    expect([trees[0].feature[0], trees[0].threshold[0]]).toEqual([1, 1.5])
  })

  test('nothing grows where no split gains', () => {
    expect(fitBoosting([Float32Array.of(1, 2, 3, 4)], [2, 2, 2, 2], { ...usual, leastRows: 1 }).trees).toEqual([])
    expect(fitBoosting([Float32Array.of(1, 1)], [2, 3], { ...usual, leastRows: 1 }).trees).toEqual([])
    const watch = { columns: [Float32Array.of(1)], targets: [1], patience: 3 }
    const alike = fitBoosting([Float32Array.of(1, 1)], [2, 3], { ...usual, leastRows: 1, watch })
    expect(alike).toEqual({ base: 2.5, trees: [] })
    expect(gainShares(alike, 2)).toEqual([0, 0])
  })

  test('a leaf may know as little as a thousandth of a row, no less', () => {
    const settings = { ...usual, leastRows: 1, leaves: 2, rounds: 1 }
    const grown = (weight: number): number =>
      fitBoosting([Float32Array.of(1, 2)], [0, 1], { ...settings, weights: Float64Array.of(weight, 1) }).trees.length
    expect([1e-3, 0.999e-3].map(grown)).toEqual([1, 0])
  })
})

describe('watched rows', () => {
  const objectives = ['squared_error', 'huber', 'log_loss'] as const
  /** Mean loss after each round, written out. */
  const lossOf = (objective: (typeof objectives)[number], y: number, score: number): number => {
    if (objective === 'squared_error') return (score - y) ** 2
    if (objective === 'log_loss') return Math.log(1 + Math.exp(y === 1 ? -score : score))
    const size = Math.abs(score - y)
    return size <= 1 ? size ** 2 / 2 : size - 0.5
  }

  test.each(objectives)(
    '%s: the round of the least loss counts, and growth ends so many rounds after it',
    objective => {
      const { columns, y } = market(5)
      const other = market(6)
      const targetsOf = (values: Float64Array) =>
        objective === 'log_loss' ? values.map(v => (v > 0.3 ? 1 : 0)) : values
      const settings: BoostingSettings = { ...usual, objective, rounds: 60, learningRate: 0.25, leastRows: 3 }
      const whole = fitBoosting(columns, targetsOf(y), settings)
      const watched = targetsOf(other.y)
      const losses = whole.trees.map((_, round) => {
        const said = boostingScores({ ...whole, trees: whole.trees.slice(0, round + 1) }, other.columns, rows)
        return said.reduce((sum, score, row) => sum + lossOf(objective, watched[row], score), 0) / rows
      })
      for (const patience of [1, 3, 8]) {
        const stop = losses.findIndex((_, round) => {
          const best = losses.indexOf(Math.min(...losses.slice(0, round + 1)))
          return round - best >= patience
        })
        const best = losses.indexOf(Math.min(...losses.slice(0, stop < 0 ? undefined : stop + 1)))
        const watch = { columns: other.columns, targets: watched, patience }
        const kept: Tree[] = fitBoosting(columns, targetsOf(y), { ...settings, watch }).trees
        expect(kept).toEqual(whole.trees.slice(0, best + 1))
      }
    },
  )
})
