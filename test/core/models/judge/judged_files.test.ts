import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { alarmRates, type JudgedFile, judgeFile, learnFrom } from '../../../../src/core/models/judge/judged_files.ts'
import { judgeOverFiles } from '../../../../src/core/models/judge/over_files.ts'
import { copyTable, syntheticTable } from '../../../fixtures/synthetic_features.ts'

const config = readConfig()
const none = { ridge: null, trees: null }
const nothing = { pooled: none, control: none }

describe('a file that is judged', () => {
  let table: FeatureTable
  let judged: JudgedFile
  beforeAll(() => {
    table = syntheticTable(3000, 62)
    judged = judgeFile(nothing, { file: 'a', table }, config) as JudgedFile
  })

  test('has a presumed leak where a range knows the future, and none as it is', () => {
    expect(judged.presumed_leak).toBe(false)
    const leaking = copyTable(table)
    const future = leaking.sigma_future.map(sigma => Math.sqrt(60) * sigma)
    for (const name of ['parkinson_60s', 'parkinson_300s'])
      leaking.columns[name] = future.map(sigma => (name === 'parkinson_60s' ? sigma : Math.sqrt(5) * sigma))
    leaking.columns.ewma_volatility_120s = leaking.columns.ewma_volatility_120s.map(() => 1e-5)
    const found = judgeFile(nothing, { file: 'a', table: leaking }, config) as JudgedFile
    expect(found.presumed_leak).toBe(true)
  })

  test('says what it is worth as an alarm, at no more false ones an hour than are borne', () => {
    expect(Object.keys(judged.alarms)).toEqual(['persistence', 'persistence_300s', 'ewma_120s', 'anchored', 'random'])
    for (const at of Object.values(judged.alarms))
      at.forEach(({ false_alarms, hours, caught, onsets }, i) => {
        expect(false_alarms / hours).toBeLessThanOrEqual(alarmRates[i])
        expect(caught).toBeLessThanOrEqual(onsets)
        if (i > 0) expect(caught + false_alarms).toBeGreaterThanOrEqual(at[i - 1].caught + at[i - 1].false_alarms)
      })
  })

  test('is forecast better by what true labels taught than by labels of another time', () => {
    const { models } = judgeFile(learnFrom([syntheticTable(3000, 2)]), { file: 'a', table }, config) as JudgedFile
    expect(models.anchored.rmse_ln_sigma).toBeLessThan(0.97 * models.anchored_moved_labels.rmse_ln_sigma)
  })

  test('its tau, its first share and what is judged do not depend on what comes after the first share', () => {
    const other = copyTable(table)
    const from = table.time[0] + 1500e6
    for (let row = 0; row < other.rows; row++) if (other.time[row] > from) other.sigma_future[row] *= 3
    const again = judgeFile(nothing, { file: 'a', table: other }, config) as JudgedFile
    expect(again.tau).toEqual(judged.tau)
    expect(again.rows).toBe(judged.rows)
    expect(again.prevalence).toBeGreaterThan(judged.prevalence)
  })

  test('says why it cannot be judged: too short, or one class only', () => {
    expect(judgeFile(nothing, { file: 'a', table: syntheticTable(200, 1) }, config)).toMatch(/at least 300/)
    const calm = copyTable(table)
    for (let row = 0; row < calm.rows; row++) if (calm.time[row] > table.time[0] + 800e6) calm.sigma_future[row] *= 1e-3
    expect(judgeFile(nothing, { file: 'a', table: calm }, config)).toMatch(/0 of them spikes/)
  })
})

test('over files each counts the same, the worst is named, and few files give no interval', () => {
  const figures = (pr_auc: number, rmse_ln_sigma: number) => ({
    ...{ pr_auc, rmse_ln_sigma },
    within_10: null,
    brier_skill: null,
  })
  const file = (name: string, own: number): JudgedFile => ({
    ...{ file: name, rows: 1, episodes: 1, prevalence: 0.1, tau: {}, alarms: {}, presumed_leak: false },
    models: { persistence: figures(0.1, 1), ewma_120s: figures(0.2, 1), own: figures(own, 0.5 / own) },
    moved: figures(0.1, 1),
  })
  const of = (...owns: number[]) =>
    judgeOverFiles(
      owns.map((own, i) => file(`f${i}`, own)),
      { samples: 200, seed: 1 },
    )
  const { own } = of(0.2, 0.3, 0.1)
  expect(own.pr_auc_ratio).toMatchObject({ value: expect.closeTo(1), low: null, worst: 0.5, worst_file: 'f2' })
  expect(own.rmse_ratio).toMatchObject({ worst: 5, worst_file: 'f2' })
  expect(own.within_ratio).toBeNull()
  const interval = of(0.2, 0.3, 0.1, 0.2, 0.4).own.pr_auc_ratio!
  expect(interval.low).toBeLessThan(interval.value)
  expect(interval.high).toBeGreaterThan(interval.value)
})
