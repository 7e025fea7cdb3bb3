import type { Config } from '../../config.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import { maximum, minimum } from '../../core/math/extremes.ts'
import { percentileOf } from '../../core/math/percentile.ts'
import { isoTime } from '../../core/math/time.ts'
import { countEpisodes } from '../../core/models/split/episodes.ts'
import { labelRows } from '../../core/models/split/label.ts'
import { type SegmentName, type Split, segmentNames, splitByTime } from '../../core/models/split/split.ts'
import { sigmaPercentiles, tauFromTraining } from '../../core/models/split/tau.ts'
import { blockSeconds, findProducts, groupByBlock } from './stretches.ts'

/** What one percentile as tau would do to one product. */
export interface TauCandidate {
  product: string
  percentile: number
  /** log return. */
  tau: number
  /** Smallest and largest tau when any one block of training is left out; tau itself where training is one block. */
  low: number
  high: number
  segments: Record<SegmentName, { rows: number; positives: number; episodes: number; prevalence: number | null }>
  /** Blocks of training, and those of them with no spike at all. */
  blocks: number
  quiet_blocks: number
}

/** Share of spike seconds of one product in one block of time. */
export interface BlockPrevalence {
  product: string
  percentile: number
  /** Middle of the block. */
  time: string
  segment: SegmentName
  rows: number
  prevalence: number
}

export interface TauChoice {
  /** The percentile of the config. */
  chosen: number
  block_s: number
  validation_from: string
  test_from: string
  /** Products that training has no row of: they get no tau and no label. */
  without_training: string[]
  candidates: TauCandidate[]
  blocks: BlockPrevalence[]
  /** sigma_future at whole percentiles of training. */
  curve: { product: string; percentile: number; sigma: number }[]
}

/**
 * Compares P85, P90, P95 and the percentile of the config as tau. Every tau is taken from the training segment alone; the later
 * segments are only counted with it.
 * @throws SpikeError TOO_FEW_ROWS as `splitByTime` does.
 */
export function compareTau(
  table: FeatureTable,
  { label, split: settings }: Pick<Config, 'label' | 'split'>,
): TauChoice {
  const split = splitByTime(table, settings)
  const seconds = blockSeconds(table)
  const percentiles = [...new Set([85, 90, 95, label.percentile])].sort((a, b) => a - b)
  const candidates: TauCandidate[] = []
  const blocks: BlockPrevalence[] = []
  for (const percentile of percentiles) {
    const { tau } = tauFromTraining(table, split.train, percentile)
    const labels = labelRows(table, tau)
    for (const product of Object.keys(tau)) {
      const found = blockPrevalences(table, split, product, percentile, labels, seconds)
      const training = found.filter(block => block.segment === 'train')
      for (const block of found) blocks.push(block)
      candidates.push({
        product,
        percentile,
        tau: tau[product],
        ...leaveOneOut(table, rowsOf(table, split.train, product), percentile, seconds, tau[product]),
        segments: countSegments(table, split, product, labels),
        blocks: training.length,
        quiet_blocks: training.filter(block => block.prevalence === 0).length,
      })
    }
  }
  return {
    chosen: label.percentile,
    block_s: seconds,
    validation_from: isoTime(split.validationFrom),
    test_from: isoTime(split.testFrom),
    without_training: findProducts(table)
      .map(({ product }) => product)
      .filter(product => candidates.every(candidate => candidate.product !== product)),
    candidates,
    blocks,
    curve: sigmaPercentiles(table, split.train),
  }
}

function countSegments(table: FeatureTable, split: Split, product: string, labels: Float64Array) {
  const count = (name: SegmentName) => {
    const rows = rowsOf(table, split[name], product)
    const positives = rows.filter(row => labels[row] === 1).length
    const prevalence = rows.length > 0 ? positives / rows.length : null
    return { rows: rows.length, positives, episodes: countEpisodes(table, rows, labels), prevalence }
  }
  return Object.fromEntries(segmentNames.map(name => [name, count(name)])) as TauCandidate['segments']
}

/** A segment of a block, of at least two minutes. */
function blockPrevalences(
  table: FeatureTable,
  split: Split,
  product: string,
  percentile: number,
  labels: Float64Array,
  seconds: number,
): BlockPrevalence[] {
  return segmentNames.flatMap(segment =>
    [...groupByBlock(table, rowsOf(table, split[segment], product), seconds).values()]
      .filter(rows => rows.length >= 120)
      .map(rows => ({
        product,
        percentile,
        time: isoTime((table.time[rows[0]] + table.time[rows[rows.length - 1]]) / 2),
        segment,
        rows: rows.length,
        prevalence: rows.filter(row => labels[row] === 1).length / rows.length,
      })),
  )
}

function leaveOneOut(table: FeatureTable, rows: number[], percentile: number, seconds: number, tau: number) {
  const groups = [...groupByBlock(table, rows, seconds).values()]
  if (groups.length < 2) return { low: tau, high: tau }
  const taus = groups.map(left => {
    const out = new Set(left)
    return percentileOf(
      rows.filter(row => !out.has(row)).map(row => table.sigma_future[row]),
      percentile,
    )
  })
  return { low: minimum(taus), high: maximum(taus) }
}

function rowsOf(table: FeatureTable, rows: Int32Array, product: string): number[] {
  return Array.from(rows).filter(row => table.product[row] === product)
}
