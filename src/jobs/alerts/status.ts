import { byLabel, counter, type Metric } from '../../operations/metrics.ts'
import { type JobStatus, worksOf } from '../status.ts'
import type { Delivery } from './deliver.ts'
import type { AlertsPartition } from './partition.ts'

/** Alerts since the job last began, by rule. */
export function alertCounts(status: JobStatus<AlertsPartition>): Record<string, number> {
  const total: Record<string, number> = {}
  for (const { counts } of worksOf(status))
    for (const [rule, count] of Object.entries(counts)) total[rule] = (total[rule] ?? 0) + count
  return total
}

/** Metrics of an alerts job and of what brings its alerts to others. */
export function alertMetrics(status: JobStatus<AlertsPartition>, deliveries: readonly Delivery[]): Metric[] {
  const of = (name: 'delivered' | 'failed' | 'refused'): Record<string, number> =>
    Object.fromEntries(deliveries.map(one => [one.name, one[name]]))
  return [
    counter('alerts_given_total', 'Alerts given, by rule.', ...byLabel('rule', alertCounts(status))),
    counter('alerts_delivered_total', 'Alerts that a receiver took.', ...byLabel('receiver', of('delivered'))),
    counter(
      'alerts_failed_total',
      'Tries that got no answer, or one that says to try again.',
      ...byLabel('receiver', of('failed')),
    ),
    counter(
      'alerts_refused_total',
      'Alerts that a receiver will not take; they are not sent again.',
      ...byLabel('receiver', of('refused')),
    ),
  ]
}
