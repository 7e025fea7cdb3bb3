import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
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
  more: { sigma?: number[]; probability?: boolean; threshold?: null } = {},
): JudgedModel {
  const column = (of: (label: number, i: number) => number) => Float64Array.from(labels, of)
  const sigma = column(label => (label === 1 ? 2e-5 : 1e-5))
  const known = { group: labels.map(() => 'test'), product: labels.map(() => 'A-USD') }
  const still = { tau: sigma, volatility: column(() => 0), level: column(() => 0) }
  const rows = { ...known, ...still, time: column((_, i) => i * 1e6), label: column(label => label), sigma }
  const model = {
    ...{ name: 'average', title: 'Average', kind: 'learned' as const },
    threshold: more.threshold === null ? null : 0.5,
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

test('the first hundredth and twentieth of the rows by score, at least one row', () => {
  const labels = Array.from({ length: 200 }, (_, i) => (i === 0 || (i > 1 && i < 7) || i > 150 ? 1 : 0))
  const scores = labels.map((_, i) => 1 - i / 200)
  expect(judged(labels, scores)).toMatchObject({ precision_top1: 1 / 2, precision_top5: 6 / 10 })
  expect(judged([1, 0], [0.9, 0.1])).toMatchObject({ precision_top1: 1, precision_top5: 1 })
})

test('where EWMA makes no error nothing is infinite: there is no ratio to it, with the reason', () => {
  const { rmse_ratio, degenerate } = judged([1, 1], [0.5, 0.5], { sigma: [4e-5, 1e-9] })
  expect(rmse_ratio).toBe(null)
  expect(degenerate.rmse_ratio).toBe('EWMA makes no error on these rows')
})

test('without a spike, without a row, with spikes only: null with its reason, never NaN or infinite', () => {
  for (const metrics of [judged([0, 0], [0.1, 0.2]), judged([], []), judged([1, 1], [0.1, 0.2])]) {
    for (const [name, value] of Object.entries(metrics)) {
      expect(value, name).not.toBeUndefined()
      if (typeof value === 'number') expect(Number.isFinite(value), name).toBe(true)
      if (value === null && name !== 'threshold') expect(metrics.degenerate[name], name).toBeTypeOf('string')
    }
  }
})

describe('why a figure is missing, figure by figure', () => {
  const forecast = ['log_sigma_rmse', 'qlike', 'floored', 'rmse_ratio']
  const all = (names: string[], why: string) => Object.fromEntries(names.map(name => [name, why]))
  const noForecast = all(forecast, 'the model forecasts no sigma')
  const noCell = all(['within_top10', 'within_top25'], 'no 20 minutes of a product hold 300 rows')
  const precisions = ['pr_auc', 'pr_auc_low', 'pr_auc_high']
  const intervals = all(['pr_auc_low', 'pr_auc_high'], 'segment shorter than two blocks of the bootstrap')
  const cut = ['f1', 'precision', 'recall']

  test('both classes', () => {
    expect(judged([0, 1, 0], [0.1, 0.2, 0.3]).degenerate).toEqual({ ...intervals, ...noForecast, ...noCell })
    expect(judged([0, 1, 0], [0.1, 0.2, 0.3], { threshold: null }).degenerate).toEqual({
      ...{ ...intervals, ...noForecast, ...noCell },
      ...all([...cut, 'threshold'], 'no threshold was picked'),
    })
    expect(judged([0, 1, 0], [0.1, 0.2, 0.3], { probability: false }).degenerate).toEqual({
      ...{ ...intervals, ...noForecast, ...noCell },
      ...all(['brier', 'log_loss', 'ece', 'brier_skill'], 'the score is not a probability'),
    })
  })

  test('no row, no spike, nothing but spikes', () => {
    const noRow = judged([], [])
    expect(noRow.degenerate).toEqual({
      ...all([...precisions, 'roc_auc', ...cut, 'brier', 'log_loss', 'ece', 'brier_skill'], 'no row'),
      ...{ ...all(['precision_top1', 'precision_top5', 'within_top10', 'within_top25'], 'no row'), ...noForecast },
    })
    expect([noRow.lift, noRow.gain]).toEqual([{}, {}])
    expect(judged([0, 0], [0.1, 0.2], { sigma: [1e-5, 2e-5] }).degenerate).toEqual({
      ...all([...precisions, 'roc_auc', ...cut, 'brier_skill'], 'no spike in the segment'),
      ...{ ...noCell, rmse_ratio: 'EWMA makes no error on these rows' },
    })
    const spikes = judged([1, 1], [0.1, 0.7])
    expect(spikes.degenerate).toEqual({
      ...all(['roc_auc', 'brier_skill'], 'nothing but spikes in the segment'),
      ...{ ...intervals, ...noForecast, ...noCell },
    })
    expect(spikes).toMatchObject({ pr_auc: 1, precision: 1, recall: 0.5, lift: { ewma_120s: { value: 1 } } })
  })

  test('one spike in many blocks lies in fewer than half of the resamples, or no: then there is an interval', () => {
    const rows = 1200
    const one = Array.from({ length: rows }, (_, i) => (i === rows - 1 ? 1 : 0))
    const scores = one.map((_, i) => i / rows)
    expect(judged(one, scores).degenerate.pr_auc_low).toBe('more than half of the block resamples hold no spike')
    const some = one.map((_, i) => (i > rows / 2 && i < rows / 2 + 20 ? 1 : 0))
    const { pr_auc_low, pr_auc_high, pr_auc, degenerate, within_top10 } = judged(some, scores)
    expect(degenerate).toEqual(noForecast)
    expect([pr_auc_low! <= pr_auc!, pr_auc! <= pr_auc_high!, within_top10 !== null]).toEqual([true, true, true])
  })
})

test('every figure of a seeded stretch of two folds and two products is this, to eight digits', () => {
  const random = seededRandom(12)
  const foldOf = (name: string, from: number) => {
    const rows = 900
    const of = (value: (i: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, i) => value(i))
    const loud = of(i => (i % 450 > 330 ? 1 : 0))
    const sigma = of(i => (loud[i] === 1 ? 3e-5 : 1e-5) * (0.5 + random()))
    const label = sigma.map(value => (value >= 2.5e-5 ? 1 : 0))
    const around = (width: number): Float64Array => of(i => sigma[i] * (1 - width / 2 + width * random()))
    const score = (width: number): Float64Array => around(width).map(value => Math.min(value / 6e-5, 1))
    const times = of(i => (from + (i % 450)) * 1e6)
    const product = Array.from(loud, (_, i) => (i < 450 ? 'A-USD' : 'B-USD'))
    const known = { group: product.map(() => name), product, time: times, label, sigma }
    const others = references.map((rule, k) => ({
      ...rule,
      threshold: 0.5,
      score: score(1 + k / 4),
      sigma: around(1.5),
    }))
    const average = { name: 'average', title: 'Average', kind: 'learned' as const, threshold: 0.4, probability: true }
    const positives = label.reduce((sum, one) => sum + one, 0)
    return {
      segment: segment(rows, positives),
      from: from * 1e6,
      rows: { ...known, tau: of(() => 2.5e-5), volatility: around(1), level: around(0.5) },
      models: [...others, { ...average, score: score(0.5), sigma: around(0.5) }],
    }
  }
  const settings = { ...readConfig().models, bootstrap_samples: 40, bootstrap_block_s: 60 }
  const found = judgeStretch([foldOf('one', 1_767_571_200), foldOf('two', 1_767_657_600)], settings)
  const { models, slices, ...whole } = found
  const rounded = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'number' ? Number(one.toPrecision(8)) : one)))
  expect(rounded(whole)).toMatchInlineSnapshot(`
    {
      "alarm_rates": [
        {
          "models": {
            "average": {
              "caught": 0,
              "false_alarms": 0,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": 0.87556314,
            },
            "ewma_120s": {
              "caught": 0,
              "false_alarms": 0,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": null,
            },
            "persistence": {
              "caught": 0,
              "false_alarms": 0,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": 0.91813826,
            },
            "persistence_300s": {
              "caught": 0,
              "false_alarms": 0,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": 0.92137086,
            },
          },
          "per_hour": 1,
          "random": {
            "caught": 0,
            "false_alarms": 0,
            "hours": 0.5,
            "lead_s": null,
            "onsets": 4,
            "threshold": 0.59018396,
          },
        },
        {
          "models": {
            "average": {
              "caught": 0,
              "false_alarms": 1,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": 0.86401979,
            },
            "ewma_120s": {
              "caught": 0,
              "false_alarms": 1,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": 0.96895662,
            },
            "persistence": {
              "caught": 0,
              "false_alarms": 1,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": 0.89292206,
            },
            "persistence_300s": {
              "caught": 0,
              "false_alarms": 1,
              "hours": 0.5,
              "lead_s": null,
              "onsets": 4,
              "threshold": 0.87490237,
            },
          },
          "per_hour": 2,
          "random": {
            "caught": 0,
            "false_alarms": 1,
            "hours": 0.5,
            "lead_s": null,
            "onsets": 4,
            "threshold": 0.58475611,
          },
        },
      ],
      "cells": 4,
      "degenerate": "2 episodes, below 5",
      "episodes": 2,
      "from": "",
      "positives": 316,
      "prevalence": 0.17555556,
      "random_alarms": {
        "caught": 1,
        "false_alarms": 3,
        "hours": 0.5,
        "lead_s": 69,
        "onsets": 4,
        "threshold": 0.56213796,
      },
      "rows": 1800,
      "to": "",
      "within_chance": {
        "top10": 0.1,
        "top25": 0.25111111,
      },
    }
  `)
  const told = slices.map(one => [one.by, one.name, one.rows, one.positives, one.pr_auc.average?.toPrecision(8)])
  expect(told.map(one => one.join(' '))).toMatchInlineSnapshot(`
    [
      "product A-USD 900 163 0.97905424",
      "product B-USD 900 153 0.98092129",
      "regime calm, below tau/3 508 0 ",
      "regime loud, from 2 tau/3 474 316 0.98050211",
      "regime usual, below 2 tau/3 818 0 ",
      "day one 900 154 0.98475344",
      "day two 900 162 0.97718872",
      "hour 00 1800 316 0.98022613",
    ]
  `)
  expect(rounded(models.average)).toMatchInlineSnapshot(`
    {
      "alarms": {
        "caught": 0,
        "false_alarms": 3,
        "hours": 0.5,
        "lead_s": null,
        "onsets": 4,
        "threshold": 0.66260718,
      },
      "brier": 0.066796831,
      "brier_skill": 0.53849131,
      "degenerate": {},
      "ece": 0.19136612,
      "f1": 0.91082803,
      "floored": {
        "predicted": 0,
        "realised": 0,
      },
      "gain": {
        "ewma_120s": {
          "high": 0.26078732,
          "low": 0.1528934,
          "value": 0.18789311,
        },
        "persistence": {
          "high": 0.099048444,
          "low": 0.053783263,
          "value": 0.070750677,
        },
        "persistence_300s": {
          "high": 0.20686508,
          "low": 0.10461978,
          "value": 0.13078633,
        },
      },
      "kind": "learned",
      "lift": {
        "ewma_120s": {
          "high": 1.3661037,
          "low": 1.1857811,
          "value": 1.2371391,
        },
        "persistence": {
          "high": 1.1118547,
          "low": 1.0580089,
          "value": 1.0777928,
        },
        "persistence_300s": {
          "high": 1.272958,
          "low": 1.1194818,
          "value": 1.1539677,
        },
      },
      "log_loss": 0.27159254,
      "log_sigma_rmse": 0.1448419,
      "name": "average",
      "pr_auc": 0.98022613,
      "pr_auc_high": 0.98490247,
      "pr_auc_low": 0.96831925,
      "precision": 0.91666667,
      "precision_top1": 1,
      "precision_top5": 1,
      "qlike": 0.04437167,
      "recall": 0.90506329,
      "rmse_ratio": {
        "high": 0.28202884,
        "low": 0.27063429,
        "value": 0.27682525,
      },
      "roc_auc": 0.99556237,
      "threshold": 0.4,
      "title": "Average",
      "within_top10": 0.90672805,
      "within_top25": 0.9878853,
    }
  `)
})
