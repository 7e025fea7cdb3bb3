import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { type BoostingSettings, fitBoosting, gainShares } from '../../../../src/core/models/fit/boosting.ts'
import { binColumns, findEdges } from '../../../../src/core/models/fit/boosting_bins.ts'
import { boostingScores } from '../../../../src/core/models/fit/ensemble.ts'
import { rocAuc } from '../../../../src/core/models/metrics/metrics.ts'

const settings: BoostingSettings = {
  objective: 'squared_error',
  rounds: 40,
  leaves: 6,
  learningRate: 0.2,
  leastRows: 10,
  l2: 0,
}

function draw(rows: number, width: number, seed: number, nulls = 0): Float32Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: width }, () =>
    Float32Array.from({ length: rows }, () => (random() < nulls ? Number.NaN : 4 * random() - 2)),
  )
}

describe('bins', () => {
  test('a value lies in the bin whose edges enclose it, nulls in bin 0, whatever the values', () => {
    const value = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.NaN))
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 400 }), values => {
        const column = Float32Array.from(values)
        const [edges] = findEdges([column])
        const [bins] = binColumns([column], [edges])
        for (let i = 1; i < edges.length; i++) expect(edges[i]).toBeGreaterThan(edges[i - 1])
        column.forEach((x, row) => {
          const bin = bins[row]
          if (Number.isNaN(x)) expect(bin).toBe(0)
          else {
            if (bin > 1) expect(x).toBeGreaterThan(edges[bin - 2])
            if (bin - 1 < edges.length) expect(x).toBeLessThanOrEqual(edges[bin - 1])
          }
        })
      }),
    )
  })

  test('no bin is empty in training: one a value up to 254 of them, then 254 of equal share', () => {
    for (const distinct of [2, 253, 254, 255, 256, 1000, 2540]) {
      const column = Float32Array.from({ length: distinct }, (_, i) => (7919 * i) % distinct)
      const [edges] = findEdges([column])
      const [bins] = binColumns([column], [edges])
      const counts = new Map<number, number>()
      for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1)
      expect(edges.length, `${distinct} values`).toBe(Math.min(distinct, 254) - 1)
      expect(counts.size).toBe(edges.length + 1)
      for (const count of counts.values()) expect(Math.abs(count - distinct / (edges.length + 1))).toBeLessThan(1)
    }
    expect([...findEdges([Float32Array.of(1, 2, 4, 4, Number.NaN)])[0]]).toEqual([1.5, 3])
  })

  test('more values than bins give bins of nearly equal share', () => {
    const [column] = draw(20_000, 1, 3)
    const [bins] = binColumns([column], findEdges([column]))
    const counts = new Map<number, number>()
    for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1)
    expect(counts.size).toBeGreaterThan(250)
    expect(Math.max(...counts.values())).toBeLessThan(90)
  })
})

describe('fitting', () => {
  test('a row of weight 2 counts as the same row twice', () => {
    const columns = draw(300, 2, 5).map(column => column.map(x => Math.round(8 * x) / 8))
    const y = columns[0].map((x, row) => x + columns[1][row] ** 2)
    const twice = (values: Float32Array) => Float32Array.from([...values, ...values.subarray(0, 100)])
    const weights = Float64Array.from(y, (_, row) => (row < 100 ? 2 : 1))
    const few = { ...settings, objective: 'huber', leastRows: 1 } as const
    const one = fitBoosting(columns, y, { ...few, weights })
    const other = fitBoosting(columns.map(twice), twice(y), few)
    const [a, b] = [one, other].map(ensemble => boostingScores(ensemble, columns, 300))
    a.forEach((score, row) => {
      expect(score).toBeCloseTo(b[row], 6)
    })
  })

  test('Huber: starts from no correction, and a wild target moves it no further than one that is merely off', () => {
    const columns = draw(200, 1, 6)
    const target = (wild: number) => columns[0].map((x, row) => (row === 7 ? wild : x > 0 ? 0.5 : 0))
    const few = { ...settings, objective: 'huber', rounds: 5 } as const
    const [mild, wild] = [3, 3000].map(y => fitBoosting(columns, target(y), few))
    expect(mild.base).toBe(0)
    expect(wild).toEqual(mild)
  })

  test('a step of one column is found exactly', () => {
    const columns = draw(400, 3, 1)
    const y = columns[1].map(x => (x <= 0.5 ? 1 : 5))
    const ensemble = fitBoosting(columns, y, { ...settings, rounds: 1, leaves: 2, learningRate: 1 })
    const scores = boostingScores(ensemble, columns, 400)
    expect(scores.every((score, i) => Math.abs(score - y[i]) < 1e-9)).toBe(true)
    expect(gainShares(ensemble, 3)).toEqual([0, 1, 0])
  })

  test('nulls go to the side where they belong', () => {
    const [column] = draw(600, 1, 2, 0.3)
    for (const like of [-1, 1]) {
      const y = column.map(x => (Number.isNaN(x) ? like : Math.sign(x)))
      const scores = boostingScores(fitBoosting([column], y, settings), [column], 600)
      expect(Math.max(...scores.map((score, i) => Math.abs(score - y[i])))).toBeLessThan(0.01)
    }
  })

  test('the score never falls along a column that must rise, whatever the data', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        const columns = draw(300, 3, seed, 0.1)
        const random = seededRandom(seed + 1)
        const y = Float64Array.from(columns[0], (x, i) => Math.sin(3 * (x || 0)) + (columns[1][i] || 0) * random())
        const ensemble = fitBoosting(columns, y, { ...settings, monotone: [1, 0, -1] })
        const steps = Array.from({ length: 60 }, (_, i) => i / 15 - 2)
        const fixed = [0.3, -0.7]
        const along = (at: number) =>
          boostingScores(
            ensemble,
            [0, 1, 2].map(j => Float32Array.from(steps, x => (j === at ? x : fixed[j % 2]))),
            steps.length,
          )
        along(0).forEach((score, i, all) => {
          if (i > 0) expect(score).toBeGreaterThanOrEqual(all[i - 1])
        })
        along(2).forEach((score, i, all) => {
          if (i > 0) expect(score).toBeLessThanOrEqual(all[i - 1])
        })
      }),
      { numRuns: 15 },
    )
  })

  test('every leaf keeps the least number of rows', () => {
    const columns = draw(500, 2, 4)
    const y = columns[0].map((x, i) => x * columns[1][i])
    const one = fitBoosting(columns, y, { ...settings, rounds: 1, leaves: 50, leastRows: 60, learningRate: 1 })
    const counts = new Map<number, number>()
    for (const score of boostingScores(one, columns, 500)) counts.set(score, (counts.get(score) ?? 0) + 1)
    expect(counts.size).toBeGreaterThan(3)
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(60)
  })

  test('the same data give the same trees, and classes are learned', () => {
    const columns = draw(3000, 4, 5, 0.05)
    const random = seededRandom(6)
    const y = Uint8Array.from(columns[0], (x, i) =>
      random() < 1 / (1 + Math.exp(-3 * (x || 0) * (columns[1][i] || 0))) ? 1 : 0,
    )
    const fitOnce = () => fitBoosting(columns, y, { ...settings, objective: 'log_loss' })
    expect(fitOnce()).toEqual(fitOnce())
    expect(rocAuc(y, boostingScores(fitOnce(), columns, 3000))).toBeGreaterThan(0.85)
  })

  test('watched rows stop the growth where their loss is least', () => {
    const columns = draw(600, 5, 7)
    const random = seededRandom(8)
    const noise = () => Float64Array.from(columns[0], x => x + 4 * (random() - 0.5))
    const watch = { columns: draw(600, 5, 9), targets: new Float64Array(600), patience: 10 }
    watch.targets = Float64Array.from(watch.columns[0], x => x + 4 * (random() - 0.5))
    const stopped = fitBoosting(columns, noise(), { ...settings, rounds: 300, watch })
    expect(stopped.trees.length).toBeGreaterThan(2)
    expect(stopped.trees.length).toBeLessThan(100)
  })
})
