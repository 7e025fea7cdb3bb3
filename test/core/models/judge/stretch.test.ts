import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { JudgedModel } from '../../../../src/core/models/judge/judged_model.ts'
import { judgeStretch } from '../../../../src/core/models/judge/stretch.ts'
import { references } from '../../../../src/core/models/recipes/rules.ts'
import type { Segment } from '../../../../src/core/models/split/segment.ts'

const segment = (rows: number, positives: number): Segment => ({
  from: '',
  to: '',
  rows,
  positives,
  episodes: positives > 0 ? 1 : 0,
  prevalence: rows > 0 ? positives / rows : 0,
  degenerate: null,
})

/** A model on a split, the walk of one fold, beside references that know nothing of spikes. */
function judged(
  labels: number[],
  scores: number[],
  more: { sigma?: number[]; probability?: boolean } = {},
): JudgedModel {
  const column = (of: (label: number, i: number) => number) => Float64Array.from(labels, of)
  const sigma = column(label => (label === 1 ? 2e-5 : 1e-5))
  const known = { group: labels.map(() => 'test'), product: labels.map(() => 'A-USD') }
  const still = { tau: sigma, volatility: column(() => 0), level: column(() => 0) }
  const rows = { ...known, ...still, time: column((_, i) => i * 1e6), label: column(label => label), sigma }
  const model = {
    ...{ name: 'average', title: 'Average', kind: 'learned' as const, threshold: 0.5 },
    score: Float64Array.from(scores),
    sigma: more.sigma ? Float64Array.from(more.sigma) : null,
    probability: more.probability ?? true,
  }
  const others = references.map(rule => ({ ...rule, threshold: 0.5, score: column(() => 0), sigma }))
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const fold = { segment: segment(labels.length, positives), from: 0, rows, models: [...others, model] }
  return judgeStretch([fold], readConfig().models).models.average
}

describe('probabilities', () => {
  test('Brier, its skill and the calibration error by hand', () => {
    // bins (.1,.2] and (.6,.7]: |0 - .2| and |1 - .7| weigh one half each
    const { brier, brier_skill, ece } = judged([0, 0, 1, 1], [0.2, 0.2, 0.7, 0.7])
    expect(brier).toBeCloseTo((2 * 0.04 + 2 * 0.09) / 4, 12)
    expect(brier_skill).toBeCloseTo(1 - 0.065 / 0.25, 12)
    expect(ece).toBeCloseTo(0.25, 12)
  })

  test('a forecast of the prevalence has no skill', () => {
    expect(judged([0, 0, 0, 1], [0.25, 0.25, 0.25, 0.25]).brier_skill).toBeCloseTo(0, 12)
  })

  test('are not asked of a score that is none', () => {
    const { brier, ece, brier_skill, degenerate } = judged([0, 1], [3, 4], { probability: false })
    expect([brier, ece, brier_skill]).toEqual([null, null, null])
    for (const name of ['brier', 'ece', 'brier_skill', 'log_loss'])
      expect(degenerate[name]).toMatch(/not a probability/)
  })
})

test('errors of the forecast sigma by hand, with the rows below the floor', () => {
  const { log_sigma_rmse, qlike, floored } = judged([1, 1], [0.5, 0.5], { sigma: [4e-5, 1e-9] })
  const low = Math.log(2e-5 / 1e-7)
  expect(log_sigma_rmse).toBeCloseTo(Math.sqrt((Math.log(2) ** 2 + low ** 2) / 2), 9)
  expect(floored).toEqual({ predicted: 1, realised: 0 })
  expect(qlike).toBeCloseTo((1 / 4 + 2 * Math.log(2) - 1 + (Math.exp(2 * low) - 2 * low - 1)) / 2, 4)
})

test('where EWMA makes no error nothing is infinite: there is no ratio to it, with the reason', () => {
  const { rmse_ratio, degenerate } = judged([1, 1], [0.5, 0.5], { sigma: [4e-5, 1e-9] })
  expect(rmse_ratio).toBe(null)
  expect(degenerate.rmse_ratio).toBe('EWMA makes no error on these rows')
})

test('without a spike, without a row, with spikes only: null with its reason, never NaN', () => {
  for (const metrics of [judged([0, 0], [0.1, 0.2]), judged([], []), judged([1, 1], [0.1, 0.2])]) {
    for (const [name, value] of Object.entries(metrics)) {
      expect(value, name).not.toBeNaN()
      if (value === null && name !== 'threshold') expect(metrics.degenerate[name], name).toBeTypeOf('string')
    }
  }
})
