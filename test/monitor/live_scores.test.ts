import fc from 'fast-check'
import { expect, test } from 'vitest'
import { averagePrecision, brierScore } from '../../src/core/models/metrics/metrics.ts'
import { LiveScores } from '../../src/monitor/live_scores.ts'

const settled = (probability: number, label: 0 | 1 | null, model = 'average') => ({
  ...{ product: 'A-USD', time: 1, model, probability, alarm: probability >= 0.5, tau: 1, label },
  sigma_future: label,
})

test('the scores are those of the settled predictions, those without a label apart', () => {
  const pair = fc.record({
    p: fc.double({ min: 0, max: 1, noNaN: true }),
    label: fc.constantFrom(0 as const, 1 as const, null),
  })
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 60 }), fc.nat({ max: 9 }), (pairs, waiting) => {
      const live = new LiveScores()
      for (const { p, label } of pairs) live.add(settled(p, label))
      const known = pairs.filter(({ label }) => label !== null)
      const labels = known.map(({ label }) => label as number)
      const probabilities = known.map(({ p }) => p)
      const positives = labels.reduce((sum, label) => sum + label, 0)
      expect(live.scores(new Map([['average', waiting]]))).toMatchObject([
        {
          ...{ settled: known.length, waiting, unlabelled: pairs.length - known.length, positives },
          prevalence: known.length > 0 ? positives / known.length : null,
          brier: known.length > 0 ? brierScore(labels, probabilities) : null,
          pr_auc: positives > 0 ? averagePrecision(labels, probabilities) : null,
          alarms: probabilities.filter(p => p >= 0.5).length,
        },
      ])
    }),
  )
})

test('each model is scored apart, by its latest predictions; one whose predictions all wait has no score', () => {
  const live = new LiveScores(2)
  for (const [probability, label, model] of [
    [0.9, 0, 'a'],
    [0.8, 1, 'a'],
    [0.3, 1, 'b'],
    [0.1, 0, 'a'],
  ] as const)
    live.add(settled(probability, label, model))
  expect(live.scores(new Map([['c', 4]]))).toMatchObject([
    { model: 'a', settled: 2, waiting: 0, positives: 1, pr_auc: 1 },
    { model: 'b', settled: 1, waiting: 0, positives: 1, precision: 0, recall: 0 },
    { model: 'c', settled: 0, waiting: 4, positives: 0, pr_auc: null, brier: null, ece: null },
  ])
})
