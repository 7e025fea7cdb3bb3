import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { everyRow, type FeatureTable } from '../../../../src/core/features/table.ts'
import { drawToBaseline, shareThatPays } from '../../../../src/core/models/fit/drawn_volatility.ts'
import { predictVolatility } from '../../../../src/core/models/fit/volatility_predict.ts'
import { averagePrecision } from '../../../../src/core/models/metrics/metrics.ts'
import { average } from '../../../../src/core/models/recipes/average.ts'
import { drawn } from '../../../../src/core/models/recipes/drawn.ts'
import type { Training } from '../../../../src/core/models/recipes/recipe.ts'
import { ewma } from '../../../../src/core/models/recipes/rules.ts'
import { labelRows } from '../../../../src/core/models/split/label.ts'
import { labelledRows } from '../../../../src/core/models/split/split.ts'
import { tauFromTraining } from '../../../../src/core/models/split/tau.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

const settings = readConfig().models

/** Training on so many seconds of a day of one product, and the rows after it. */
function dayOf(seed: number, seconds: number): Training & { after: Int32Array } {
  const table = syntheticTable(seconds + 2400, seed, ['BTC-USD'])
  const cut = table.time[0] + seconds * 1e6
  const labelled = labelledRows(table)
  const rows = labelled.filter(row => table.time[row] < cut)
  const { tau } = tauFromTraining(table, rows, 75)
  const after = labelled.filter(row => table.time[row] > cut + 120e6)
  return { table, rows, labels: labelRows(table, tau), tau, settings, after }
}

const orderOf = (scores: Float64Array) => Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b] || a - b)

describe('EWMA corrected as far as it pays', () => {
  test('with 300 rows of a day it ranks what follows as well as EWMA', () => {
    const ratios = [11, 12, 13, 14].map(seed => {
      const { after, ...day } = dayOf(seed, 420)
      const label = Float64Array.from(after, row => day.labels[row])
      const [own, baseline] = [drawn, ewma].map(recipe =>
        averagePrecision(label, recipe.fit(day).predict(day.table, after).score),
      )
      return own / baseline
    })
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeGreaterThan(0.97)
    expect(Math.min(...ratios)).toBeGreaterThan(0.9)
  })

  test('with nothing that pays it is EWMA, nulls and all, but for one factor', () => {
    const { table, tau, ...day } = dayOf(5, 1200)
    const model = average.fit({ table, tau, ...day }).volatility!
    const baseline = ewma.fit({ tau }).predict(table, everyRow(table))
    const { sigma, probability } = predictVolatility(
      drawToBaseline({ table, tau, ...day }, model, 0),
      table,
      everyRow(table),
      tau,
    )
    expect(orderOf(probability)).toEqual(orderOf(baseline.score))
    const loud = everyRow(table).filter(row => baseline.score[row] > 1)
    const factors = loud.map(row => Math.round((1e3 * sigma[row]) / baseline.sigma![row]))
    expect(Math.max(...factors) - Math.min(...factors)).toBeLessThan(60)
  })

  test('labels that no term knows give it no share, nor do rows too few to tell', () => {
    const { table, ...day } = dayOf(5, 1200)
    const model = average.fit({ table, ...day }).volatility!
    const told = (other: FeatureTable, rows: Int32Array) => shareThatPays({ table: other, rows, tau: day.tau }, model)
    const own = predictVolatility(model, table, everyRow(table), day.tau).sigma
    const against = table.sigma_future.map((_, row) => table.columns.ewma_volatility_120s[row] ** 2 / own[row])
    const usual = day.after.filter(row => Number.isFinite(against[row]))
    expect(told({ ...table, sigma_future: against }, usual)).toBe(0)
    expect(told({ ...table, sigma_future: own }, usual)).toBeCloseTo(usual.length / (usual.length + 600), 6)
    expect(told(table, usual.slice(0, 0))).toBe(0)
  })
})
