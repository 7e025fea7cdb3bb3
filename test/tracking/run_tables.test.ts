import { expect, test } from 'vitest'
import { trainingTables } from '../../src/tracking/run_tables.ts'
import { exampleWalkForward, walkedEvaluation } from '../fixtures/walked_evaluation.ts'

test('a product that the first fold did not know has its tau in the table of folds', () => {
  const walk_forward = exampleWalkForward()
  walk_forward.folds.forEach((fold, i) => {
    fold.tau = { 'BTC-USD': 2e-5, ...(i > 0 && { 'ETH-USD': i * 1e-5 }) }
  })
  const { columns, data } = trainingTables(walkedEvaluation({ walk_forward })).find(
    ({ path }) => path === 'folds.json',
  )!
  const at = columns.indexOf('tau ETH-USD')
  expect(data.map(row => row[at])).toEqual([null, 1e-5, 2e-5, 3 * 1e-5])
})
