import { expect, test } from 'vitest'
import { costCurves, costRatios, readCosts } from '../../src/publish/cost_curves.ts'
import { walkedEvaluation } from '../fixtures/walked_evaluation.ts'

/** 1000 seconds of which 100 are spikes: at .5 it catches 40 with 10 false, at .05 it catches 90 with 300 false. */
const curve = [
  { score: 0.5, recall: 0.4, precision: 0.8, alarmed: 0.05 },
  { score: 0.05, recall: 0.9, precision: 0.9 / 3.9, alarmed: 0.39 },
]

function costsOf(lead = curve) {
  const evaluation = walkedEvaluation()
  evaluation.splits.test.prevalence = 0.1
  for (const model of Object.values(evaluation.models)) model.curve = model.kind === 'learned' ? lead : curve
  return costCurves(evaluation)
}

const at = (points: { ratio: number; cost: number }[], ratio: number) =>
  points.find(point => Math.abs(point.ratio - ratio) < 1e-9)!.cost

test('a probability is taken at its word, and costs are told beside the better of never and always', () => {
  const { lead, hindsight, baseline } = costsOf()!
  expect(lead.points.map(({ ratio }) => ratio)).toEqual(costRatios)
  // 1 : 1, an alarm from .5 on: 60 missed and 10 false, never costs 100.
  expect(at(lead.points, 1)).toBeCloseTo(0.7, 9)
  // 10 : 1, from .09 on: still that threshold, 610 beside 900 of always.
  expect(at(lead.points, 10)).toBeCloseTo(610 / 900, 9)
  // 100 : 1, from .0099 on: 1000 + 300 beside 900; in hindsight nobody alarms by it.
  expect(at(lead.points, 100)).toBeCloseTo(1300 / 900, 9)
  expect(at(hindsight.points, 10)).toBeCloseTo(400 / 900, 9)
  expect(at(hindsight.points, 100)).toBe(1)
  expect(baseline.points).toEqual(hindsight.points)
})

test('one sentence says from which ratio to which it saves something, and where most', () => {
  expect(readCosts(costsOf()!)).toMatch(
    /saves something where a missed second costs 1 to \d+ times a false one, most at [\d.]+: [\d.]+ % of .*in hindsight it would be [\d.]+ %/,
  )
  const useless = [{ score: 0.01, recall: 1, precision: 0.1, alarmed: 1 }]
  expect(readCosts(costsOf(useless)!)).toMatch(/saves nothing at any ratio of costs from 1 to 100/)
})

test('without a spike, or without a curve, there is no cost to tell', () => {
  const evaluation = walkedEvaluation()
  evaluation.splits.test.prevalence = 0
  expect(costCurves(evaluation)).toBeUndefined()
  expect(costsOf([])).toBeUndefined()
})
