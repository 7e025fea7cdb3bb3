import { describe, expect, it } from 'vitest'
import { alarmTable, rarerAlarms } from '../../../src/publish/sections/alarms.ts'
import { calibrationGain } from '../../../src/publish/sections/calibration.ts'
import { foldTable } from '../../../src/publish/sections/folds.ts'
import { modelTable } from '../../../src/publish/sections/model_table.ts'
import { moreScores } from '../../../src/publish/sections/more_scores.ts'
import { readWalkForward } from '../../../src/publish/sections/readings.ts'
import { sliceTable } from '../../../src/publish/sections/slices.ts'
import { exampleEvaluation } from '../../fixtures/example_evaluation.ts'
import { exampleWalkForward, walkedEvaluation } from '../../fixtures/walked_evaluation.ts'

const evaluation = walkedEvaluation()
const rowOf = (rows: string[][], title: string) => rows.find(([name]) => name === title)

describe('tables of the report', () => {
  it('one table holds every model that was judged anywhere, prevalence last', () => {
    const { header, rows } = modelTable(evaluation)
    expect(rowOf(rows, 'Boosted trees on labels')?.slice(1, 5)).toEqual(['–', '–', '0.130', '0.085 to 0.195'])
    expect(rowOf(rows, 'Average of ridge and trees')?.slice(1, 5)).toEqual([
      '0.318',
      '0.229 to 0.417',
      '0.210',
      '0.137 to 0.315',
    ])
    expect(rows.at(-1)?.slice(1, 4)).toEqual(['0.104', '', '0.121'])
    for (const row of rows) expect(row).toHaveLength(header.length)
  })

  it('shows validation where there is no walk-forward', () => {
    const { header, rows } = modelTable(exampleEvaluation())
    expect(header[3]).toBe('PR-AUC\nvalidation')
    expect(rows.at(-1)?.slice(1, 4)).toEqual(['0.104', '', '0.118'])
  })

  it('an interval without width is none', () => {
    const walk_forward = exampleWalkForward()
    Object.assign(walk_forward.models.average, { pr_auc_low: 0.21, pr_auc_high: 0.21 })
    const { rows } = modelTable(walkedEvaluation({ walk_forward }))
    expect(rowOf(rows, 'Average of ridge and trees')?.[4]).toBe('–')
  })

  it('more scores come from the walk-forward, else from test, beside their chance', () => {
    const walked = moreScores(evaluation)
    expect(walked.source).toContain('walk-forward')
    expect(rowOf(walked.rows, 'Average of ridge and trees')?.slice(1, 5)).toEqual(['0.410', '0.330', '0.163', '0.318'])
    expect(walked.rows.at(-1)?.slice(1, 5)).toEqual(['0.121', '0.121', '0.101', '0.251'])
    const split = moreScores(walkedEvaluation({ walk_forward: null }))
    expect(rowOf(split.rows, 'Average of ridge and trees')?.slice(1, 5)).toEqual(['0.400', '0.300', '0.190', '0.360'])
    for (const { header, rows } of [walked, split]) for (const row of rows) expect(row).toHaveLength(header.length)
  })

  it('of many blocks shows evenly spaced ones, the first and the last among them, degenerate ones marked', () => {
    const report = exampleWalkForward()
    const folds = Array.from({ length: 40 }, (_, i) => ({ ...report.folds[2], train_rows: 1000 + i }))
    const { rows, notes } = foldTable({ ...report, folds }, evaluation)
    expect(rows).toHaveLength(12)
    expect([rows[0][1], rows[11][1]]).toEqual(['1,000', '1,039'])
    expect(rows[0][4]).toBe('1 *')
    expect(notes.join(' ')).toContain('12 of 40 blocks')
  })

  it('fewer false alarms an hour have a table of their own, the usual six last; a former evaluation has none', () => {
    expect(rarerAlarms(evaluation)).toBeNull()
    const walk_forward = exampleWalkForward()
    const { models, random_alarms } = walk_forward
    const quiet = { ...random_alarms, caught: 1, lead_s: null }
    const names = Object.keys(models)
    walk_forward.alarm_rates = [1, 2].map(per_hour => ({
      per_hour,
      random: quiet,
      models: Object.fromEntries(names.map(name => [name, { ...models[name].alarms, caught: per_hour }])),
    }))
    const { groups, rows } = rarerAlarms(walkedEvaluation({ walk_forward }))!
    expect(groups).toEqual(['1 an hour', '2 an hour', '6 an hour'])
    const { caught, onsets } = models[names[0]].alarms
    expect([rows[0][1], rows[0][3], rows[0][5]]).toEqual([1, 2, caught].map(count => `${count} of ${onsets}`))
    expect(rows.at(-1)!.slice(0, 3)).toEqual(['A random smooth score', `1 of ${quiet.onsets}`, '–'])
  })

  it('alarms stand for test and walk-forward side by side, luck last; a model judged in one of them has dashes in the other', () => {
    const table = alarmTable(evaluation)
    expect(table.groups).toEqual(['Test', 'Walk-forward'])
    expect(rowOf(table.rows, 'Boosted trees on labels')).toEqual([
      'Boosted trees on labels',
      '–',
      '–',
      '–',
      '19 of 26',
      '41 s',
      '6.0',
    ])
    expect(table.rows.at(-1)?.[4]).toBe('9 of 26')
    expect(alarmTable(exampleEvaluation()).groups).toEqual(['Test'])
  })

  it('says what calibration did to the error of each calibrated model', () => {
    expect(calibrationGain(evaluation)).toBe(
      'Calibration on validation moved the ECE on test: average of ridge and trees 0.052 to 0.031.',
    )
    expect(calibrationGain(exampleEvaluation())).toBe('')
  })

  it('parts without 30 spikes are left out and counted', () => {
    const table = sliceTable(evaluation)!
    expect(table.rows.map(([by, part]) => `${by} ${part}`)).toEqual(['product BTC-USD', 'hour (UTC) 03'])
    expect(table.left_out).toBe(1)
    expect(sliceTable(exampleEvaluation())).toBeUndefined()
  })
})

describe('reading of a walk-forward', () => {
  it('says whether the lead can be luck, and whether it is timing', () => {
    const [lead, timing] = readWalkForward(evaluation)
    expect(lead).toBe(
      'The paired interval against persistence, 300 s reaches below 1: on these hours alone the lead can be luck.',
    )
    expect(timing).toContain('So part of its score is timing.')
    const level = exampleWalkForward()
    level.models.average.within_top10 = 0.11
    expect(readWalkForward(walkedEvaluation({ walk_forward: level }))[1]).toContain('mostly knowledge of the level')
    const behind = exampleWalkForward()
    behind.models.zscore.pr_auc = 0.3
    expect(readWalkForward(walkedEvaluation({ walk_forward: behind }))[0]).toBe(
      'The hardest baseline, z-score rule, is not beaten.',
    )
  })

  it('tells how tau moved of each product, also of one that the first block did not know', () => {
    const walk_forward = exampleWalkForward()
    walk_forward.folds.forEach((fold, i) => {
      fold.tau = { 'BTC-USD': 2e-5, ...(i > 0 && { 'ETH-USD': i * 1e-5 }) }
    })
    expect(readWalkForward(walkedEvaluation({ walk_forward })).join(' ')).toContain(
      'BTC-USD by a factor of 1.00, for ETH-USD by a factor of 3.00',
    )
  })
})
