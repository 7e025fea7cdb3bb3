import type { Config } from '../../../config.ts'
import { SpikeError } from '../../../errors.ts'
import type { FeatureTable } from '../../features/table.ts'
import { labelRows } from './label.ts'
import { describeSegment, type Segment } from './segment.ts'
import { labelledRows, type SegmentName, type Split, splitByTime } from './split.ts'
import { leaveOutStill, type Tau, tauFromConfig, tauFromTraining } from './tau.ts'

/** A split by time, tau of its training rows, and the labels that follow from tau. */
export interface LabelledSplit {
  split: Split
  tau: Tau
  /** 1, 0 or NaN for each row of the table. */
  labels: Float64Array
  segments: Record<SegmentName, Segment>
}

/**
 * Splits by time, takes tau from the training rows (or the config) and labels every row with it.
 * @throws SpikeError TOO_FEW_ROWS, ONE_CLASS where training holds one class only, BAD_CONFIG for a fixed tau that leaves a product out.
 */
export function splitAndLabel(table: FeatureTable, config: Pick<Config, 'split' | 'label'>): LabelledSplit {
  const whole = splitByTime(table, config.split)
  const tau = chooseTau(table, whole, config)
  const split = withTau(table, whole, tau)
  const labels = labelRows(table, tau.tau)
  const segments = {
    train: describeSegment(table, split.train, labels, table.time[labelledRows(table)[0]]),
    validation: describeSegment(table, split.validation, labels, split.validationFrom),
    test: describeSegment(table, split.test, labels, split.testFrom),
  }
  const { rows, positives } = segments.train
  if (positives === 0 || positives === rows)
    throw new SpikeError(
      'ONE_CLASS',
      `training holds one class only (${positives} of ${rows} rows are spikes); capture longer, or change label.percentile or label.tau`,
    )
  return { split, tau, labels, segments }
}

function chooseTau(table: FeatureTable, split: Split, { label }: Pick<Config, 'label'>): Tau {
  if (label.tau !== null) return tauFromConfig([...new Set(table.product)], label.tau)
  const moving = leaveOutStill(tauFromTraining(table, split.train, label.percentile))
  if (Object.keys(moving.tau).length > 0) return moving
  throw new SpikeError(
    'ONE_CLASS',
    `training holds one class only: ${moving.still.join(', ')} stood still, so tau would be 0 and each second a spike; capture longer, or fix label.tau`,
  )
}

/** A product that has no row in training, or stood still there, has no tau, so its rows have no label: they leave all segments. */
function withTau(table: FeatureTable, split: Split, { tau, source }: Tau): Split {
  const kept = (rows: Int32Array): Int32Array => rows.filter(row => table.product[row] in tau)
  const result = { ...split, train: kept(split.train), validation: kept(split.validation), test: kept(split.test) }
  if (result.test.length === 0)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      `no product has rows both in training and in test (tau: ${source}); capture the products over the same time`,
    )
  return result
}
