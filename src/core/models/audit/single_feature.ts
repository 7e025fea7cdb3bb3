import type { FeatureTable } from '../../features/table.ts'
import { rocAuc } from '../metrics/metrics.ts'
import { countEpisodes } from '../split/episodes.ts'
import type { Segment } from '../split/segment.ts'
import { type SegmentName, segmentNames } from '../split/split.ts'
import type { AuditCheck } from './check.ts'

/** No honest feature of the past separates the next minute's spikes so well. */
const limit = 0.98
const leastOfClass = 30
const leastEpisodes = 5

/**
 * The highest ROC-AUC, in either direction, of any single feature on any segment, all products together and each alone (tau
 * differs between them, so a leaked sigma shows best alone): above .98 is a leak. On a degenerate
 * segment, or where the rows on which the feature is known hold fewer than five episodes, it is a warning: a column that
 * is null but for one stretch, such as since_gap, separates that stretch by chance.
 */
export function checkSingleFeatures(
  table: FeatureTable,
  split: Record<SegmentName, Int32Array>,
  segments: Record<SegmentName, Segment>,
  labels: Float64Array,
): AuditCheck {
  const above: { text: string; degenerate: boolean }[] = []
  let highest = { text: 'no segment has both classes', auc: 0 }
  for (const { segment, of, rows: own } of partsOf(table, split)) {
    for (const [name, column] of Object.entries(table.columns)) {
      const { rows, y, values, positives } = known(own, column, labels)
      if (Math.min(positives, y.length - positives) < leastOfClass) continue
      const oneWay = rocAuc(y, values)
      const auc = Math.max(oneWay, 1 - oneWay)
      const text = `${name} on ${of}: ROC-AUC ${auc.toFixed(3)}`
      if (auc > highest.auc) highest = { text, auc }
      if (auc <= limit) continue
      const degenerate = segments[segment].degenerate !== null || countEpisodes(table, rows, labels) < leastEpisodes
      above.push({ text, degenerate })
    }
  }
  const name = 'single_feature'
  if (above.length === 0)
    return { name, verdict: 'passed', detail: `none separates spikes above ${limit}; highest: ${highest.text}` }
  const failed = above.some(({ degenerate }) => !degenerate)
  return {
    name,
    verdict: failed ? 'failed' : 'warning',
    detail: `${above.map(({ text }) => text).join('; ')}: ${failed ? `above ${limit} is a leak` : 'on few episodes, so it may be chance'}`,
  }
}

function partsOf(table: FeatureTable, split: Record<SegmentName, Int32Array>) {
  const products = [...new Set(table.product)]
  return segmentNames.flatMap(segment => [
    { segment, of: segment as string, rows: split[segment] },
    ...(products.length < 2 ? [] : products).map(product => ({
      segment,
      of: `${product} in ${segment}`,
      rows: split[segment].filter(row => table.product[row] === product),
    })),
  ])
}

/** The rows where the column is not null, with their labels and values. */
function known(rows: Int32Array, column: Float64Array, labels: Float64Array) {
  const kept = new Int32Array(rows.length)
  const y = new Uint8Array(rows.length)
  const values = new Float64Array(rows.length)
  let length = 0
  let positives = 0
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]]
    if (Number.isNaN(value)) continue
    kept[length] = rows[i]
    y[length] = labels[rows[i]]
    positives += y[length]
    values[length++] = value
  }
  return { rows: kept.subarray(0, length), y: y.subarray(0, length), values: values.subarray(0, length), positives }
}
