import type { Micros } from '../../events/event.ts'
import { horizonSeconds } from '../../features/label.ts'
import type { FeatureTable } from '../../features/table.ts'
import { labelledRows, labelledSeconds } from './split.ts'

export interface WalkForwardSettings {
  /** Share of a group's labelled seconds, from the first, that only trains. */
  first: number
  /** Length of a judged block in seconds of the clock. */
  block_s: number
  /** Seconds between the end of a fitted row's label and the first judged row. */
  embargo_s: number
}

export interface Fold {
  /** Indices of the rows that anything may be fitted on: all that lie far enough before the block. */
  train: Int32Array
  /** Indices of the labelled rows of the block. */
  judged: Int32Array
  /** T of the first judged row; the block ends `block_s` later. */
  from: Micros
  /** Labelled rows before the block whose label, with the embargo, would have reached it. */
  purged: number
}

/**
 * Walks forward through the rows of one group: the first share of the labelled seconds only trains, then each block is judged
 * by what was fitted on everything before it. Each labelled second after the first share is judged once; a block starts at the
 * first second not judged yet, so silences make no empty block. A fitted row has T + 60 s + embargo before the block.
 * @param table rows sorted by (product, time); boundaries are common to all products.
 */
export function* walkForward(table: FeatureTable, { first, block_s, embargo_s }: WalkForwardSettings): Generator<Fold> {
  const labelled = labelledRows(table)
  const seconds = labelledSeconds(table)
  const reach = (horizonSeconds + embargo_s) * 1e6
  let next = Math.floor(seconds.length * first + 1e-9)
  while (next < seconds.length) {
    const from = seconds[next]
    const to = from + block_s * 1e6
    const before = labelled.filter(row => table.time[row] < from)
    const train = before.filter(row => table.time[row] + reach < from)
    const judged = labelled.filter(row => table.time[row] >= from && table.time[row] < to)
    yield { train, judged, from, purged: before.length - train.length }
    while (next < seconds.length && seconds[next] < to) next++
  }
}
