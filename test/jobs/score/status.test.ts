import { expect, test } from 'vitest'
import { newScorerStatus, noteRow, rowPercentiles, scorerMetrics } from '../../../src/jobs/score/status.ts'
import { renderMetrics } from '../../../src/operations/metrics.ts'

test('metrics of a scorer: lag from committed positions, times a row, NaN before the first', () => {
  const status = newScorerStatus()
  expect(renderMetrics(scorerMetrics(status, null))).toContain('spike60_scorer_row_seconds{percentile="99"} NaN\n')
  status.next.set(0, 5).set(1, 9)
  noteRow(status, 0.25)
  noteRow(status, 0.75)
  status.alarms = 1
  const ends = [
    { topic: 't', partition: 0, offset: 12 },
    { topic: 't', partition: 1, offset: 8 },
  ]
  const text = renderMetrics(scorerMetrics(status, ends))
  for (const line of [
    'spike60_scorer_rows_total 2',
    'spike60_scorer_alarms_total 1',
    'spike60_scorer_lag_records{partition="0"} 7',
    'spike60_scorer_lag_records{partition="1"} 0',
    'spike60_scorer_row_seconds_total 1',
    'spike60_scorer_row_seconds{percentile="50"} 0.5',
  ])
    expect(text).toContain(`\n${line}\n`)
  expect(renderMetrics(scorerMetrics(status, null))).not.toContain('scorer_lag_records{')
})

test('percentiles are of the latest rows, the count of all', () => {
  const status = newScorerStatus()
  for (let i = 0; i < 20_000; i++) noteRow(status, 9)
  for (let i = 0; i < 20_000; i++) noteRow(status, 1)
  expect(rowPercentiles(status, [0, 100])).toEqual([1, 1])
  expect(status.rows).toBe(40_000)
})
