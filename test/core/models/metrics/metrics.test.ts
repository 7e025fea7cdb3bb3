import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawnCurve, reliability, reliabilityByQuantile } from '../../../../src/core/models/metrics/curves.ts'
import {
  atThreshold,
  averagePrecision,
  brierScore,
  logLoss,
  precisionRecallCurve,
  rocAuc,
} from '../../../../src/core/models/metrics/metrics.ts'
import { bestThreshold } from '../../../../src/core/models/metrics/threshold.ts'
import { readGolden } from '../../../fixtures/read_golden.ts'

const golden = readGolden('sklearn_metrics.json')

describe('equal to scikit-learn', () => {
  const { y_true: y, y_score: p } = golden

  test('average precision, ROC-AUC, Brier, log loss', () => {
    expect(averagePrecision(y, p)).toBeCloseTo(golden.average_precision, 12)
    expect(rocAuc(y, p)).toBeCloseTo(golden.roc_auc, 12)
    expect(brierScore(y, p)).toBeCloseTo(golden.brier, 12)
    expect(logLoss(y, p)).toBeCloseTo(golden.log_loss, 12)
  })

  test('precision-recall curve, point by point', () => {
    const curve = precisionRecallCurve(y, p)
    expect(curve.thresholds).toEqual(golden.pr_curve.thresholds)
    for (const name of ['precision', 'recall'] as const) {
      expect(curve[name]).toHaveLength(golden.pr_curve[name].length)
      curve[name].forEach((value, i) => {
        expect(value).toBeCloseTo(golden.pr_curve[name][i], 12)
      })
    }
  })

  test('precision, recall and F1 at a threshold', () => {
    const { tn, fp, fn, tp, precision, recall, f1 } = atThreshold(y, p, 0.5)
    const expected = golden['at_threshold_0.5']
    expect([tn, fp, fn, tp]).toEqual(expected.confusion_tn_fp_fn_tp)
    expect(precision).toBeCloseTo(expected.precision, 12)
    expect(recall).toBeCloseTo(expected.recall, 12)
    expect(f1).toBeCloseTo(expected.f1, 12)
  })

  test('reliability in uniform bins', () => {
    const bins = reliability(y, p, 10)
    const [observed, predicted] = golden.calibration_uniform_10
    expect(bins.map(bin => bin.rows).reduce((a, b) => a + b)).toBe(y.length)
    bins.forEach((bin, i) => {
      expect(bin.observed).toBeCloseTo(observed[i], 12)
      expect(bin.predicted).toBeCloseTo(predicted[i], 12)
    })
  })
})

test('reliability in bins of equally many rows: ties stay together, intervals hold the share and narrow with the rows', () => {
  const probabilities = [...Array(30).keys()].map(i => (i < 12 ? 0.1 : i / 30))
  const labels = probabilities.map((_, i) => (i % 3 === 0 ? 1 : 0))
  const bins = reliabilityByQuantile(labels, probabilities, 5)
  expect(bins.map(({ rows }) => rows)).toEqual([12, 6, 6, 6])
  expect(bins[0]).toMatchObject({ predicted: expect.closeTo(0.1, 12), observed: expect.closeTo(4 / 12, 12) })
  for (const { low, observed, high } of bins)
    expect([low < observed, observed < high, low >= 0, high <= 1]).not.toContain(false)
  // Wilson's interval of 5 in 50, as statsmodels gives it
  const [one] = reliabilityByQuantile(
    [...Array(3000).keys()].map(i => (i < 300 ? 1 : 0)),
    Array(3000).fill(0.2),
    10,
  )
  expect([one.low, one.high]).toEqual([expect.closeTo(0.043476, 5), expect.closeTo(0.213602, 5)])
})

test('a drawn curve says at which score each point lies and how many rows had an alarm', () => {
  expect(drawnCurve([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.1])).toEqual([
    { score: 0.9, recall: 0.5, precision: 1, alarmed: 0.25 },
    { score: 0.7, recall: 1, precision: 2 / 3, alarmed: 0.75 },
    { score: 0.1, recall: 1, precision: 0.5, alarmed: 1 },
  ])
})

test("scikit-learn's documented example and the edges", () => {
  expect(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(5 / 6, 12)
  expect(averagePrecision([0, 1, 0, 1], [3, 3, 3, 3])).toBe(0.5)
  expect(rocAuc([0, 1, 0, 1], [3, 3, 3, 3])).toBe(0.5)
  expect(averagePrecision([0, 0], [1, 2])).toBeNaN()
  expect(rocAuc([1, 1], [1, 2])).toBeNaN()
  expect(logLoss([1, 0], [0, 1])).toBeCloseTo(-Math.log(Number.EPSILON), 10)
})

/** Rows with many ties. */
const rows = fc.array(fc.record({ label: fc.nat(1), score: fc.nat(6) }), { minLength: 2, maxLength: 60 })
const both = rows.filter(r => r.some(x => x.label === 1) && r.some(x => x.label === 0))

test('ranking metrics do not depend on the order of rows, nor on a monotone change of scores', () => {
  fc.assert(
    fc.property(
      both.chain(r => fc.tuple(fc.constant(r), fc.shuffledSubarray(r, { minLength: r.length }))),
      ([given, shuffled]) => {
        const of = (r: typeof given, change = (x: number) => x) => {
          const labels = r.map(x => x.label)
          const scores = r.map(x => change(x.score))
          return [averagePrecision(labels, scores), rocAuc(labels, scores)]
        }
        expect(of(shuffled)).toEqual(of(given))
        expect(of(given, x => Math.exp(x) - 4)).toEqual(of(given))
        expect(of(given, x => -x)[1]).toBeCloseTo(1 - of(given)[1], 12)
      },
    ),
  )
})

test('ROC-AUC is the share of pairs in the right order', () => {
  fc.assert(
    fc.property(both, r => {
      let right = 0
      let pairs = 0
      for (const a of r.filter(x => x.label === 1))
        for (const b of r.filter(x => x.label === 0)) {
          pairs++
          right += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0
        }
      const auc = rocAuc(
        r.map(x => x.label),
        r.map(x => x.score),
      )
      expect(auc).toBeCloseTo(right / pairs, 12)
    }),
  )
})

test('no threshold has a better F1 than the one that is picked; without a spike there is none', () => {
  fc.assert(
    fc.property(both, r => {
      const labels = r.map(x => x.label)
      const scores = r.map(x => x.score)
      const best = atThreshold(labels, scores, bestThreshold(labels, scores)!).f1
      for (let t = 0; t <= 6; t++) expect(atThreshold(labels, scores, t).f1).toBeLessThanOrEqual(best)
    }),
  )
  expect(bestThreshold([0, 0], [1, 2])).toBeNull()
})

test('a drawn curve has at most 200 points, recall rising from the first alarm to 1', () => {
  const labels = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? 1 : 0))
  const curve = drawnCurve(
    labels,
    labels.map((label, i) => ((i * 7919) % 5000) + 900 * label),
  )
  expect(curve.length).toBeLessThanOrEqual(200)
  expect(curve.length).toBeGreaterThan(100)
  expect(curve.every((point, i) => i === 0 || point.recall >= curve[i - 1].recall)).toBe(true)
  expect(curve.at(-1)).toMatchObject({ recall: 1, precision: labels.filter(l => l === 1).length / 5000 })
  expect(
    drawnCurve(
      labels,
      labels.map(() => 1),
    ),
  ).toHaveLength(1)
})
