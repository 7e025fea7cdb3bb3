import { formatShare } from '../format.ts'
import type { DriftReport } from './drift_report.ts'

/**
 * Why a report fails, one line a reason; null when it passes. Drift: at least half of the columns under either verdict, or a
 * column with thresholds of its own in config.
 */
export function explainFailure(what: string | undefined, { dataset, quality }: DriftReport): string[] | null {
  const faults: string[] = []
  if (what === 'drift' && (dataset.drifted || dataset.scale_free.drifted))
    faults.push(
      `the data drift: ${formatShare(dataset.share)} of the columns by Evidently's rule, ${formatShare(dataset.scale_free.share)} by the scale-free one, allowed below ${formatShare(dataset.threshold)}`,
    )
  if (what === 'drift')
    for (const name of dataset.watched_columns_drifted)
      faults.push(`column ${name} drifts, which config gives thresholds of its own`)
  if (what === 'quality' && !quality.passed)
    faults.push(`data quality has ${quality.faults.length} faults, the first: ${quality.faults[0]}`)
  return faults.length > 0 ? faults : null
}
