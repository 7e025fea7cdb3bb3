import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { Evaluation } from '../../../src/core/models/judge/evaluation.ts'
import { average } from '../../../src/core/models/recipes/average.ts'
import { describeNoVerdict } from '../../../src/publish/terminal/no_verdict.ts'
import { aligned, alignedWhereKnown } from '../../../src/publish/terminal/text_table.ts'
import { exampleEvaluation, judgedModel } from '../../fixtures/example_evaluation.ts'

const config = readConfig()

/** A quarter of an hour of one product, with two spikes in its test segment and no walk-forward. */
function shortRun(labelled = 840): Evaluation {
  const evaluation = exampleEvaluation()
  const { splits, source } = evaluation
  const degenerate = '2 positives, below 30; 1 episode, below 5'
  const { title } = average
  const recipe = judgedModel({ name: average.name, title, kind: 'learned' }, 0.2)
  const models = { ...splits.test.models, [average.name]: recipe }
  const test = { ...splits.test, models, rows: 168, positives: 2, episodes: 1, degenerate }
  return {
    ...evaluation,
    splits: { ...splits, test },
    source: { ...source, labelled, products: ['BTC-USD'] },
    walk_forward: null,
    walk_forward_missing: 'too few rows',
  }
}

test('a run that can be judged has its verdict', () => {
  expect(describeNoVerdict(exampleEvaluation(), config)).toBe(null)
})

test('a short one says in one line what it lacks and how much more is wanted, then what is judged all the same', () => {
  const [lack, forecast] = describeNoVerdict(shortRun(), config)!
  expect(lack).toMatch(
    /^No verdict yet: the test segment holds 2 spikes in 1 episode, there is no walk-forward \(too few rows\).*about 49 min more .* walk-forward.*, 2 h 56 min more a test segment\.$/,
  )
  expect(forecast).toMatch(
    /RMSE of ln sigma over the 168 rows of the test segment.*: Average of ridge and trees 0\.500, the best rule/,
  )
  expect(describeNoVerdict(shortRun(20 * 3600), config)![0]).toContain('calmer than most')
})

test('a column that says nothing is left out, and a table of nothing but names', () => {
  const table = [
    ['on test', 'PR-AUC', 'Brier'],
    ['ridge', '-', '0.1'],
    ['zscore', '-', '-'],
  ]
  expect(alignedWhereKnown(table)).toEqual([aligned(table.map(([name, , brier]) => [name, brier]))])
  expect(alignedWhereKnown(table.map(([name, prAuc]) => [name, prAuc]))).toEqual([])
})
