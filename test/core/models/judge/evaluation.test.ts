import { expect, test } from 'vitest'
import {
  type Evaluation,
  encodeEvaluation,
  evaluationForm,
  parseEvaluation,
} from '../../../../src/core/models/judge/evaluation.ts'
import { exampleEvaluation } from '../../../fixtures/example_evaluation.ts'
import { walkedEvaluation } from '../../../fixtures/walked_evaluation.ts'

test('what is written is read again as it was, models in their order', () => {
  for (const evaluation of [exampleEvaluation(), walkedEvaluation()]) {
    const again = parseEvaluation(encodeEvaluation(evaluation), 'e.json')
    expect(again).toEqual(evaluation)
    expect(Object.keys(again.splits.test.models)).toEqual(Object.keys(evaluation.splits.test.models))
  }
})

test.each<[string, unknown]>([
  ['of another version', { ...exampleEvaluation(), version: evaluationForm.version - 1 }],
  ['of no version, as earlier programs wrote', { ...exampleEvaluation(), format: undefined, version: undefined }],
  ['of another format', { ...exampleEvaluation(), format: 'spike60-linear' }],
  ['that is no object', null],
])('a file %s is refused in one line that says to train again', (_, value) => {
  expect(() => parseEvaluation(JSON.stringify(value), 'e.json')).toThrow(
    expect.objectContaining({
      code: 'BAD_FILE',
      faults: [expect.stringMatching(/^e\.json: .*version \d+.*train again/)],
    }),
  )
})

test('every fault has a line with its place; what the schema does not know is one', () => {
  const { splits, ...rest } = exampleEvaluation()
  const { prevalence: _, ...validation } = splits.validation
  const text = JSON.stringify({ ...rest, splits: { ...splits, validation }, simulated: 'yes', more: 1 })
  expect(() => parseEvaluation(text, 'e.json')).toThrow(
    expect.objectContaining({
      faults: [
        expect.stringMatching(/^e\.json: simulated: /),
        expect.stringMatching(/^e\.json: splits\.validation\.prevalence: /),
        expect.stringMatching(/^e\.json: \(top\): .*more/),
      ],
    }),
  )
  expect(() => parseEvaluation('{', 'e.json')).toThrow(/^e\.json: is not a readable evaluation/)
})

test('a number that JSON cannot hold is not written', () => {
  const evaluation: Evaluation = exampleEvaluation()
  evaluation.splits.test.models.logistic.pr_auc = Number.NaN
  expect(() => encodeEvaluation(evaluation)).toThrow(/pr_auc/)
})
