import fc from 'fast-check'
import { inverse, Matrix } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { adaptCorrections, matured } from '../../../../src/core/models/anchor/adapt.ts'
import { OnlineLogistic } from '../../../../src/core/models/anchor/online_logistic.ts'
import { OnlineRidge } from '../../../../src/core/models/anchor/online_ridge.ts'
import { type AnchoredRows, fitPooled, type PooledCorrection } from '../../../../src/core/models/anchor/pooled.ts'
import { fitBoosting } from '../../../../src/core/models/fit/boosting.ts'
import { fitWeightedRidge } from '../../../../src/core/models/fit/weighted_ridge.ts'

const names = ['range_60', 'other', 'range_300']

/** Rows whose baseline is off by chance, one in two seconds and a silence, some of them without a label. */
function randomRows(seed: number, count: number, bias = 0): AnchoredRows {
  const random = seededRandom(seed)
  let at = 1000
  const time = Float64Array.from({ length: count }, () => {
    at += random() < 0.02 ? 200 : random() < 0.5 ? 1 : 2
    return 1e6 * at
  })
  const draw = (): number => 2 * random() - 1
  return {
    names,
    time,
    anchor: Float64Array.from({ length: count }, () => draw() - 11),
    columns: names.map(() => Float32Array.from({ length: count }, () => (random() < 0.1 ? Number.NaN : draw()))),
    error: Float64Array.from({ length: count }, () => (random() < 0.1 ? Number.NaN : draw() + bias)),
  }
}

const isFitted = ({ time, error }: AnchoredRows, row: number): boolean =>
  !Number.isNaN(error[row]) && (time[row] / 1e6) % 5 === 0

/** A correction that needs no fit: ridge says a column, trees a constant. */
const pooled: PooledCorrection = {
  ridge: {
    ...{ intercept: 0, weights: new Float64Array(0) },
    predict: ([, other], rows) => Float64Array.from({ length: rows }, (_, row) => other[row] || 0),
  },
  trees: { base: 0.7, trees: [] },
}

test('a label is known 61 seconds after its row, no sooner, and each is told once', () => {
  const times = fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 }).map(list => list.sort((a, b) => a - b))
  fc.assert(
    fc.property(times, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (seconds, asked) => {
      const rows = seconds.map((_, i) => i)
      const known = matured(
        Float64Array.from(seconds, second => 1e6 * second),
        rows,
      )
      const told: number[] = []
      for (const row of rows) {
        if (!asked[row]) continue
        told.push(...known(row))
        expect(told).toEqual(rows.filter(before => seconds[before] + 61 <= seconds[row]))
      }
    }),
  )
})

describe('corrections row by row, reckoned anew for each row from all rows that it may know', () => {
  test.each([
    ['errors by chance', 0],
    ['errors that the bias makes smaller', 0.5],
    ['errors that it makes larger', -0.5],
  ])('%s', (_, bias) => {
    const files = [randomRows(1, 150, bias), randomRows(2, 90, bias)]
    const file: AnchoredRows = {
      names,
      time: Float64Array.from(files.flatMap(({ time }) => [...time])),
      anchor: Float64Array.from(files.flatMap(({ anchor }) => [...anchor])),
      error: Float64Array.from(files.flatMap(({ error }) => [...error])),
      columns: names.map((_, j) => Float32Array.from(files.flatMap(({ columns }) => [...columns[j]]))),
    }
    const products = [...new Array<string>(150).fill('A'), ...new Array<string>(90).fill('B')]
    const { timing, level } = adaptCorrections(file, products, pooled)
    const said: number[] = []
    let updated = Number.NEGATIVE_INFINITY
    for (let row = 0; row < products.length; row++) {
      const [short, other, long] = file.columns.map(column => column[row] || 0)
      expect(timing[row]).toBeCloseTo(0.2 * 0.7 + 0.5 * long + 0.3 * short, 12)
      const own = Array.from({ length: row }, (_, before) => before).filter(
        before => products[before] === products[row] && isFitted(file, before),
      )
      if (products[row - 1] !== products[row] || file.time[row] >= updated + 60e6) updated = file.time[row]
      const learner = new OnlineRidge([0, 0.15, 0.35], [10, 100, 100])
      for (const before of own)
        if (file.time[before] + 61e6 <= updated)
          learner.take([1, file.columns[1][before] || 0, 0.7], file.error[before], 5 / 60)
      learner.solve()
      const [bias, ridge, trees] = learner.weights
      said[row] = bias + ridge * other + trees * 0.7
      const known = own.filter(before => file.time[before] + 61e6 <= file.time[row])
      const worse = known.reduce(
        (sum, before) => sum + (file.error[before] - said[before]) ** 2 - file.error[before] ** 2,
        0,
      )
      expect(level[row], `row ${row}`).toBeCloseTo(worse > 0 ? 0 : said[row], 9)
    }
  })

  test('where nothing was fitted both parts say nothing, and the ranges still rank', () => {
    const file = randomRows(3, 20)
    const { timing, level } = adaptCorrections({ ...file, error: file.error.fill(Number.NaN) }, Array(20).fill('A'), {
      ...{ ridge: null, trees: null },
    })
    expect([...level]).toEqual(Array(20).fill(0))
    timing.forEach((value, row) => {
      const [short, , long] = file.columns.map(column => column[row] || 0)
      expect(value).toBeCloseTo(0.5 * long + 0.3 * short, 12)
    })
  })
})

describe('what files say together', () => {
  test('labelled rows of every fifth second, a file of 200 or more as heavy as another, a short one less', () => {
    const files = [randomRows(4, 1500, 0.4), randomRows(5, 2400), randomRows(6, 60)]
    const fitted = files.map(file => [...file.time.keys()].filter(row => isFitted(file, row)))
    const heavy = fitted.map(({ length }) => 1 / (length < 200 ? 200 : length))
    expect(fitted.map(({ length }) => length > 200)).toEqual([true, true, false])
    const [columns, error] = [
      names.map((_, j) => Float32Array.from(fitted.flatMap((rows, k) => rows.map(row => files[k].columns[j][row])))),
      Float64Array.from(fitted.flatMap((rows, k) => rows.map(row => files[k].error[row]))),
    ]
    const raw = fitted.flatMap((rows, k) => rows.map(() => heavy[k]))
    const mean = raw.reduce((sum, weight) => sum + weight, 0) / raw.length
    const weights = Float64Array.from(raw, weight => weight / mean)
    const { ridge, trees } = fitPooled(files)
    const expected = fitWeightedRidge(columns, error, weights, 0.05)
    expect(ridge!.intercept).toBeCloseTo(expected.intercept, 12)
    for (const [j, weight] of ridge!.weights.entries()) expect(weight).toBeCloseTo(expected.weights[j], 12)
    const grown = fitBoosting(columns, error, {
      ...{ objective: 'huber', rounds: 150, leaves: 8, learningRate: 0.05, leastRows: 400, l2: 1 },
      weights,
    })
    expect(trees!.base).toBeCloseTo(grown.base, 9)
    expect(trees!.trees).toHaveLength(grown.trees.length)
  })

  test('nothing of 299 rows, something of 300', () => {
    const file = randomRows(7, 4000)
    const fitted = [...file.time.keys()].filter(row => isFitted(file, row))
    const upTo = (count: number): AnchoredRows => {
      const end = fitted[count - 1] + 1
      return {
        ...{ names, time: file.time.slice(0, end), anchor: file.anchor.slice(0, end), error: file.error.slice(0, end) },
        columns: file.columns.map(column => column.slice(0, end)),
      }
    }
    expect(fitPooled([upTo(299)])).toEqual({ ridge: null, trees: null })
    expect(fitPooled([upTo(300)]).ridge).not.toBeNull()
  })
})

test('calibration: each row moves offset and slope by a Newton step on all information so far', () => {
  const row = fc.tuple(
    fc.double({ min: -3, max: 3, noNaN: true }),
    fc.integer({ min: 0, max: 1 }),
    fc.double({ min: 0.05, max: 1, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), rows => {
      const curve = new OnlineLogistic({ offset: -0.6, slope: 2.2, strength: { offset: 1, slope: 3 } })
      let [offset, slope] = [-0.6, 2.2]
      let information = Matrix.diag([1, 3])
      for (const [score, label, weight] of rows) {
        const p = 1 / (1 + Math.exp(-(offset + slope * score)))
        expect(curve.probability(score)).toBeCloseTo(p, 9)
        const x = Matrix.columnVector([1, score])
        information = Matrix.add(information, x.mmul(x.transpose()).mul(weight * p * (1 - p)))
        const step = inverse(information)
          .mmul(x)
          .mul(weight * (label - p))
        offset += step.get(0, 0)
        slope = Math.max(slope + step.get(1, 0), 0.05)
        curve.take(score, label, weight)
      }
    }),
  )
})

test('calibration: a slope that labels push down stops at 0.05', () => {
  const curve = new OnlineLogistic({ offset: 0, slope: 0.1, strength: { offset: 1, slope: 1 } })
  for (let i = 0; i < 20; i++) curve.take(i % 2 ? 2 : -2, i % 2 ? 0 : 1, 1)
  const logit = (p: number): number => Math.log(p / (1 - p))
  expect(logit(curve.probability(1)) - logit(curve.probability(0))).toBeCloseTo(0.05, 9)
})
