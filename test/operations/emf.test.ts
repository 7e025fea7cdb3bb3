import { expect, test } from 'vitest'
import { Durations } from '../../src/operations/durations.ts'
import { EmfLines } from '../../src/operations/emf.ts'
import { counter, gauge, histogram } from '../../src/operations/metrics.ts'

const parse = (lines: string[]) => lines.map(line => JSON.parse(line))

test('each set of labels is a line of its own, whose metrics are values of the line', () => {
  const rows = counter('rows_total', '', 5)
  const lag = gauge(
    'lag_records',
    '',
    { labels: { partition: '0' }, value: 3 },
    { labels: { partition: '1' }, value: 4 },
  )
  const [all, first, second] = parse(new EmfLines('featurizer').next([rows, lag], 1.5e12))
  expect(all).toEqual({
    _aws: {
      Timestamp: 1.5e12,
      CloudWatchMetrics: [
        { Namespace: 'spike60', Dimensions: [['job']], Metrics: [{ Name: 'rows_total', Unit: 'Count' }] },
      ],
    },
    job: 'featurizer',
    rows_total: 5,
  })
  expect(first).toMatchObject({ partition: '0', lag_records: 3 })
  expect(second._aws.CloudWatchMetrics[0].Dimensions).toEqual([['job', 'partition']])
})

test('counts are told as what came since, also of a job that began anew; what is no number is left out', () => {
  const lines = new EmfLines('scorer')
  const told = (value: number): number =>
    parse(lines.next([counter('rows_total', '', value), gauge('x', '', Number.NaN)], 0))[0].rows_total
  expect([told(5), told(12), told(12), told(2)]).toEqual([5, 7, 0, 2])
})

test('a histogram is told by its count and its sum', () => {
  const durations = new Durations()
  durations.add(0.2)
  durations.add(20)
  const lines = new EmfLines('store')
  const metric = () => histogram('transaction_duration_seconds', '', { durations })
  const [line] = parse(lines.next([metric()], 0))
  expect(line).toMatchObject({ transaction_duration_seconds_sum: 20.2, transaction_duration_seconds_count: 2 })
  expect(line._aws.CloudWatchMetrics[0].Metrics).toHaveLength(2)
})
