import type { LateCounts } from '../../core/indicators/windows/product_windows.ts'
import { byLabel, counter, gauge, type Metric } from '../../operations/metrics.ts'
import { type JobStatus, worksOf } from '../status.ts'
import type { WindowsPartition, WindowsTally } from './partition.ts'

export type WindowsStatus = JobStatus<WindowsPartition>

/** What came of the records that were taken in since the job last began. Ticks and late ones are counted in each set of windows. */
export interface WindowsResult extends WindowsTally {
  ticks: number
  repeated: number
  late: LateCounts
}

export function windowsResult(status: WindowsStatus): WindowsResult {
  return totalOf(worksOf(status))
}

/** Sums over partitions. */
export function totalOf(works: readonly WindowsPartition[]): WindowsResult {
  const total: WindowsResult = { ticks: 0, repeated: 0, late: { events: 0, memberships: 0 }, dead: {}, unknown: 0 }
  for (const { sets, tally } of works) {
    total.unknown += tally.unknown
    for (const [reason, count] of Object.entries(tally.dead)) total.dead[reason] = (total.dead[reason] ?? 0) + count
    for (const windows of sets) {
      const { ticks, repeated, late } = windows.counts()
      total.ticks += ticks
      total.repeated += repeated
      total.late.events += late.events
      total.late.memberships += late.memberships
    }
  }
  return total
}

/**
 * Metrics of a windows job. Counts begin at 0 again when it begins anew.
 * @param now microseconds since the epoch.
 */
export function windowsMetrics(status: WindowsStatus, now: number): Metric[] {
  const { ticks, repeated, late, dead, unknown } = windowsResult(status)
  const delays = worksOf(status).flatMap(({ sets }) =>
    [...sets[0].watermarks()].map(([product, time]) => ({ labels: { product }, value: (now - time) / 1e6 })),
  )
  return [
    counter('windows_ticks_total', 'Trades and prices taken in, by each set of windows.', ticks),
    counter('windows_repeated_total', 'Trades that came once more.', repeated),
    counter('windows_late_total', 'Trades that came after a window of theirs was final.', late.events),
    counter('windows_late_memberships_total', 'Windows that such trades were left out of.', late.memberships),
    counter('windows_unknown_total', 'Trades and prices of a product without metadata at their time.', unknown),
    counter('windows_dead_letters_total', 'Records put on the dead-letter topic.', ...byLabel('reason', dead)),
    gauge('windows_watermark_delay_seconds', 'Clock of this machine less the watermark of the first set.', ...delays),
  ]
}
