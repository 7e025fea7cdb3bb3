import { expect, test } from 'vitest'
import { RecordTimes } from '../../../src/jobs/partitions/record_times.ts'
import type { RowPredictor } from '../../../src/jobs/score/partition.ts'
import { scorerMetrics } from '../../../src/jobs/score/status.ts'
import { jobMetrics, newJobStatus } from '../../../src/jobs/status.ts'
import { renderMetrics } from '../../../src/operations/metrics.ts'

/** A partition of which so many records are committed, and what came of them. */
const partition = (number: number, committed: number, rows: number, alarms: number) => ({
  partition: number,
  inputs: new Map([['t', { next: committed + 1, read: committed + 1, committed }]]),
  work: { counts: { rows, alarms, skipped: 0, dead: 0 } },
})

test('metrics of a scorer: lag from committed positions, sums over partitions, times a row, NaN before the first', () => {
  const status = newJobStatus<RowPredictor>()
  expect(renderMetrics(scorerMetrics(status))).toContain('spike60_scorer_row_seconds{percentile="99"} NaN\n')
  for (const [number, committed, rows, alarms] of [
    [0, 5, 1, 0],
    [1, 9, 1, 1],
  ])
    status.partitions.set(number, partition(number, committed, rows, alarms) as never)
  status.times.note(0.25)
  status.times.note(0.75)
  const ends = [
    { topic: 't', partition: 0, offset: 12 },
    { topic: 't', partition: 1, offset: 8 },
  ]
  const text = renderMetrics([...jobMetrics('scorer', status, ends), ...scorerMetrics(status)])
  for (const line of [
    'spike60_scorer_rows_total 2',
    'spike60_scorer_alarms_total 1',
    'spike60_scorer_lag_records{partition="0"} 7',
    'spike60_scorer_lag_records{partition="1"} 0',
    'spike60_scorer_row_seconds_total 1',
    'spike60_scorer_row_seconds{percentile="50"} 0.5',
  ])
    expect(text).toContain(`\n${line}\n`)
  expect(renderMetrics(jobMetrics('scorer', status, []))).not.toContain('scorer_lag_records{')
})

test('percentiles are of the latest records, the seconds of all', () => {
  const times = new RecordTimes()
  for (let i = 0; i < 20_000; i++) times.note(9)
  for (let i = 0; i < 20_000; i++) times.note(1)
  expect(times.percentiles([0, 100])).toEqual([1, 1])
  expect(times.seconds).toBe(200_000)
})
