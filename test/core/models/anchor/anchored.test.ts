import { beforeAll, describe, expect, test } from 'vitest'
import { type FeatureTable, takeRows } from '../../../../src/core/features/table.ts'
import { anchoredRows, fitAnchored, predictAnchored } from '../../../../src/core/models/anchor/anchored.ts'
import { OnlineLogistic } from '../../../../src/core/models/anchor/online_logistic.ts'
import type { PooledCorrection } from '../../../../src/core/models/anchor/pooled.ts'
import { anchorTerms } from '../../../../src/core/models/anchor/terms.ts'
import { labelRows } from '../../../../src/core/models/split/label.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

const nothing: PooledCorrection = { ridge: null, trees: null }
const tau = { 'BTC-USD': 1e-5, 'ETH-USD': 1e-5 }

/** The table as it stood at a time: later rows are gone, and so are labels whose minute was not over. */
function asOf(table: FeatureTable, time: number): FeatureTable {
  const before = Array.from(table.time.keys()).filter(row => table.time[row] <= time)
  const cut = takeRows(table, before)
  cut.sigma_future = cut.sigma_future.map((sigma, row) => (cut.time[row] + 60e6 < time ? sigma : Number.NaN))
  return cut
}

describe('the anchored recipe', () => {
  let table: FeatureTable
  let other: FeatureTable
  let pooled: PooledCorrection
  beforeAll(() => {
    table = syntheticTable(2400, 1)
    other = syntheticTable(2400, 2)
    pooled = fitAnchored([other])
  })

  test('is EWMA 120 s where nothing was learnt and no label is known', () => {
    const unlabelled = { ...table, sigma_future: new Float64Array(table.rows).fill(Number.NaN) }
    const { sigma } = predictAnchored(nothing, unlabelled, labelRows(unlabelled, tau), tau)
    const ewma = table.columns.ewma_volatility_120s
    for (let row = 0; row < table.rows; row++) if (ewma[row] >= 1e-7) expect(sigma[row] / ewma[row]).toBeCloseTo(1, 9)
    expect(fitAnchored([])).toEqual(nothing)
    expect(
      fitAnchored([
        takeRows(
          other,
          Array.from({ length: 200 }, (_, row) => row),
        ),
      ]),
    ).toEqual(nothing)
  })

  test('knows of a row nothing that was not there at its time', () => {
    const said = predictAnchored(pooled, table, labelRows(table, tau), tau)
    for (const second of [700, 1301, 2222]) {
      const now = table.time[second]
      const cut = asOf(table, now)
      const then = predictAnchored(pooled, cut, labelRows(cut, tau), tau)
      for (const product of Object.keys(tau)) {
        const at = (rows: FeatureTable) =>
          rows.time.findIndex((time, row) => time === now && rows.product[row] === product)
        for (const name of ['score', 'probability', 'sigma'] as const)
          expect(then[name][at(cut)], `${name} of ${product} at ${second}`).toBe(said[name][at(table)])
      }
    }
  })

  test('P of a row is that of all labels of its product that are known by then, taken in one after the other', () => {
    const labels = labelRows(table, tau).map((label, row) => (row % 11 === 0 ? Number.NaN : label))
    const { score, probability } = predictAnchored(pooled, table, labels, tau)
    for (let row = 0; row < table.rows; row += 41) {
      const curve = new OnlineLogistic({ offset: -0.6, slope: 2.2, strength: { offset: 1, slope: 3 } })
      let [minutes, spikes] = [60, 6]
      for (let before = 0; before < row; before++) {
        const isKnown = table.product[before] === table.product[row] && table.time[before] + 61e6 <= table.time[row]
        const isFitted = (table.time[before] / 1e6) % 5 === 0 && !Number.isNaN(table.sigma_future[before])
        if (!isKnown || !isFitted || Number.isNaN(labels[before])) continue
        curve.take(score[before], labels[before], 5 / 60)
        minutes += 5 / 60
        spikes += (5 / 60) * labels[before]
      }
      const expected = 0.6 * curve.probability(score[row]) + (0.4 * spikes) / minutes
      expect(probability[row], `row ${row}`).toBeCloseTo(expected, 9)
    }
  })

  test('a product without tau has no score and no probability, the others keep theirs', () => {
    const both = predictAnchored(pooled, table, labelRows(table, tau), tau)
    const one = { 'BTC-USD': 1e-5 }
    const alone = predictAnchored(pooled, table, labelRows(table, one), one)
    table.product.forEach((product, row) => {
      for (const name of ['score', 'probability'] as const)
        expect(alone[name][row]).toBe(product === 'BTC-USD' ? both[name][row] : Number.NaN)
    })
    expect(alone.sigma).toEqual(both.sigma)
  })

  test('falls back to the baseline where what was learnt elsewhere turns out to be wrong here', () => {
    const wrong: PooledCorrection = {
      ridge: null,
      trees: { base: 9, trees: [] },
    }
    const { sigma } = predictAnchored(wrong, table, labelRows(table, tau), tau)
    const ewma = table.columns.ewma_volatility_120s
    const rest = Array.from(table.time.keys()).filter(row => table.time[row] > table.time[0] + 900e6)
    expect(rest.filter(row => Math.abs(Math.log(sigma[row] / ewma[row])) > 1e-9)).toEqual([])
    const baseline = predictAnchored(nothing, table, labelRows(table, tau), tau).sigma
    expect(sigma[50] / baseline[50]).toBeGreaterThan(5)
  })

  test('terms do not change with the price or with how loud the day is', () => {
    const loud = { ...table, columns: { ...table.columns } }
    const scaled = /^(return_1s|volatility_\d+s|ewma_|parkinson_|abs_return_|volatility_of|bollinger)/
    for (const name of Object.keys(loud.columns))
      if (scaled.test(name)) loud.columns[name] = loud.columns[name].map(value => value * 8)
    const [usual, other] = [table, loud].map(anchorTerms)
    usual.columns.forEach((column, j) => {
      column.forEach((value, row) => {
        const isFloored = usual.anchor[row] < -13 || value <= -2.5
        if (!isFloored && !Number.isNaN(value)) expect(other.columns[j][row], usual.names[j]).toBeCloseTo(value, 3)
      })
    })
  })

  test('what is learnt on other files makes smaller errors on them than the baseline', () => {
    const rows = anchoredRows(other)
    const { sigma } = predictAnchored(pooled, other, labelRows(other, tau), tau)
    let [own, baseline] = [0, 0]
    rows.error.forEach((error, row) => {
      if (Number.isNaN(error)) return
      own += (error - Math.log(sigma[row]) + rows.anchor[row]) ** 2
      baseline += error ** 2
    })
    expect(own).toBeLessThan(0.95 * baseline)
  })
})
