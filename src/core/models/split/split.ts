import { SpikeError } from '../../../errors.ts'
import type { Micros } from '../../events/event.ts'
import { horizonSeconds } from '../../features/label.ts'
import { everyRow, type FeatureTable } from '../../features/table.ts'

/** Labelled rows below which a training run says nothing. */
export const leastRows = 300

export interface SplitSettings {
  /** Shares of the labelled seconds; the rest is test. */
  train: number
  validation: number
  /** Seconds between the end of a fitted row's label and the first judged row. */
  embargo_s: number
}

export const segmentNames = ['train', 'validation', 'test'] as const
export type SegmentName = (typeof segmentNames)[number]

export interface Split {
  /** Row indices of each segment, ascending. */
  train: Int32Array
  validation: Int32Array
  test: Int32Array
  /** T of the first second of validation and of test: the same for all products. */
  validationFrom: Micros
  testFrom: Micros
  /** Labelled rows left out because their label would have reached a judged row. */
  purged: number
}

/**
 * Cuts labelled rows (sigma_future known) by time: the distinct seconds in order, the first share is train, the next
 * validation, the rest test, boundaries common to all products. Then it purges: a row that anything is fitted on must have
 * T + 60 s + embargo strictly before the first second of every later judged segment. The threshold is fitted on validation,
 * so validation is purged against test as train is against validation.
 * @throws SpikeError TOO_FEW_ROWS for fewer than 300 labelled rows, or when nothing is left to train on.
 */
export function splitByTime(table: FeatureTable, settings: SplitSettings): Split {
  const labelled = labelledRows(table)
  if (labelled.length < leastRows)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      `${labelled.length} labelled rows, at least ${leastRows} are needed: capture longer (a row is labelled when each of the next ${horizonSeconds} seconds has a return)`,
    )
  const seconds = labelledSeconds(table)
  const cut = (share: number): number => Math.min(Math.floor(seconds.length * share + 1e-9), seconds.length - 1)
  const validationFrom = seconds[cut(settings.train)]
  const testFrom = seconds[cut(settings.train + settings.validation)]
  const reach = (horizonSeconds + settings.embargo_s) * 1e6
  const train: number[] = []
  const validation: number[] = []
  const test: number[] = []
  for (const row of labelled) {
    const time = table.time[row]
    if (time >= testFrom) test.push(row)
    else if (time >= validationFrom) {
      if (time + reach < testFrom) validation.push(row)
    } else if (time + reach < validationFrom) train.push(row)
  }
  if (train.length === 0)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      `no row is left to train on: the ${cut(settings.train)} seconds of training all lie within ${reach / 1e6} s (horizon and embargo) of the first judged one; capture longer or lower split.embargo_s`,
    )
  return {
    train: Int32Array.from(train),
    validation: Int32Array.from(validation),
    test: Int32Array.from(test),
    validationFrom,
    testFrom,
    purged: labelled.length - train.length - validation.length - test.length,
  }
}

/** The times T of the labelled rows of all products, ascending, each once. */
export function labelledSeconds(table: FeatureTable): Float64Array {
  return Float64Array.from(new Set(Array.from(labelledRows(table), row => table.time[row]))).sort()
}

/** Indices of the rows whose sigma_future is known. */
export function labelledRows(table: FeatureTable): Int32Array {
  return everyRow(table).filter(row => !Number.isNaN(table.sigma_future[row]))
}
