import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { bestThreshold } from '../../../src/core/models/metrics/threshold.ts'
import { splitAndLabel } from '../../../src/core/models/split/labelled_split.ts'
import { artifactOf, foldOf, reportModel, trainModels } from '../../../src/core/models/trained_model.ts'
import { syntheticTable } from '../../fixtures/synthetic_features.ts'

const config = readConfig()

test.each<[number, 'train' | 'validation']>([
  [640, 'train'],
  [2000, 'validation'],
])(
  'of %d seconds the thresholds are the best on %s, and no importance is told of one that is degenerate',
  (rows, picked) => {
    const table = syntheticTable(rows, 3)
    const labelled = splitAndLabel(table, config)
    const on = labelled.split[picked]
    const trained = trainModels(table, labelled, config.models)
    for (const { recipe, score, threshold, picked_on, uncalibrated } of trained) {
      expect(picked_on, recipe.name).toBe(picked)
      const best = bestThreshold(
        Float64Array.from(on, row => labelled.labels[row]),
        Float64Array.from(on, row => score[row]),
      )
      expect(threshold, recipe.name).toBe(best)
      if (picked === 'train') expect(uncalibrated, recipe.name).toBe(null)
      const one = trained.find(other => other.recipe === recipe)!
      const report = reportModel(table, labelled, one)
      expect(report.params.threshold_picked_on).toBe(picked)
      expect(report.importance, 'no validation, or too few spikes there').toEqual([])
      expect(report.reliability.length > 0, recipe.name).toBe(recipe.probability)
    }
    const { segment, from, rows: judged, models } = foldOf('test', table, labelled, trained)
    expect([segment, from]).toEqual([labelled.segments.test, labelled.split.testFrom])
    expect(Array.from(judged.time)).toEqual(Array.from(labelled.split.test, row => table.time[row]))
    expect(Array.from(models[0].score)).toEqual(Array.from(labelled.split.test, row => trained[0].score[row]))
    expect(foldOf('validation', table, labelled, trained).from).toBe(labelled.split.validationFrom)
  },
)

test('a model without a threshold of its own is saved with that of its provenance, a rule is not saved', () => {
  const table = syntheticTable(640, 3)
  const labelled = splitAndLabel(table, config)
  const provenance = {
    ...{ version: 1 as const, spec_version: '1', config_hash: 'x', simulated: true, threshold: 0.25, tau: {} },
    trained_on: { digest: 'd', from: '', to: '', rows: 1 },
  }
  const saved = trainModels(table, labelled, config.models).map(one => [
    one.recipe.kind,
    artifactOf({ ...one, threshold: null }, provenance)?.threshold,
    artifactOf({ ...one, threshold: 0 }, provenance)?.threshold,
  ])
  expect(saved).toContainEqual(['learned', 0.25, 0])
  expect(saved[0]).toEqual(['baseline', undefined, undefined])
})
