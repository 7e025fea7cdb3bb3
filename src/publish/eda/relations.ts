import type { FeatureTable } from '../../core/features/table.ts'
import { percentileOfSorted, sortedWithoutNull } from '../../core/math/percentile.ts'
import { labelRows } from '../../core/models/split/label.ts'
import { tauFromTraining } from '../../core/models/split/tau.ts'
import { correlatePlaces, findPlaces } from './rank_correlation.ts'
import { groupByBlock } from './stretches.ts'

/**
 * Rank correlation of a feature with sigma_future, over training rows of one product. Null where it is not defined, or where the
 * feature is known in less than a quarter of the rows.
 */
export interface FeatureRelation {
  product: string
  feature: string
  rows: number
  /** Over all training rows: level and timing together. */
  pooled: number | null
  /** Mean over blocks of 20 minutes, weighted by rows: timing alone. */
  within: number | null
  /** Pooled, over the first and the second half of training. */
  first_half: number | null
  second_half: number | null
}

/** Training seconds of one product in one bin of a feature. */
export interface FeatureBin {
  product: string
  feature: string
  /** Middle of the bin: percentile of the feature over training. */
  percentile: number
  rows: number
  /** Mean of sigma_future, log return. */
  mean_sigma: number
  spike_share: number
}

const blockLength = 1200
const leastInBlock = 300

/** The features that are binned, the same for every file: three volatilities, quotes, spread and trades. */
export const binnedFeatures = [
  'log_volatility_60s',
  'log_volatility_300s',
  'log_volatility_900s',
  'ticks_60s',
  'spread_mean_300s',
  'trades_60s',
]

/** Rank correlation of every feature with sigma_future. @param train training rows, ascending: no judged row is looked at. */
export function relateFeatures(table: FeatureTable, train: Int32Array): FeatureRelation[] {
  return byProduct(table, train).flatMap(([product, rows]) => {
    const half = Math.floor(rows.length / 2)
    const at = new Map(rows.map((row, i) => [row, i]))
    const blocks = [...groupByBlock(table, rows, blockLength).values()]
      .filter(block => block.length >= leastInBlock)
      .map(block => Int32Array.from(block, row => at.get(row)!))
    const target = findPlaces(rows.map(row => table.sigma_future[row]))
    return Object.entries(table.columns).map(([feature, column]) => {
      const places = findPlaces(rows.map(row => column[row]))
      const known = (part: Int32Array): number => part.reduce((count, place) => count + Number(place >= 0), 0)
      const over = (x: Int32Array, y: Int32Array): number | null =>
        known(x) < x.length / 4 ? null : correlatePlaces(x, y)
      const parts = blocks.flatMap(block => {
        const value = over(
          block.map(i => places[i]),
          block.map(i => target[i]),
        )
        return value === null ? [] : [{ value, weight: block.length }]
      })
      const weight = parts.reduce((sum, part) => sum + part.weight, 0)
      return {
        product,
        feature,
        rows: known(places),
        pooled: over(places, target),
        within: weight > 0 ? parts.reduce((sum, part) => sum + part.value * part.weight, 0) / weight : null,
        first_half: over(places.subarray(0, half), target.subarray(0, half)),
        second_half: over(places.subarray(half), target.subarray(half)),
      }
    })
  })
}

/** Share of spike seconds and mean sigma_future over ten bins of equal count of some features, training rows only. */
export function binFeatures(table: FeatureTable, train: Int32Array, percentile: number): FeatureBin[] {
  const labels = labelRows(table, tauFromTraining(table, train, percentile).tau)
  return byProduct(table, train).flatMap(([product, rows]) =>
    binnedFeatures.flatMap(feature => {
      const column = table.columns[feature]
      const sorted = sortedWithoutNull(rows.map(row => column[row]))
      const edges = Array.from({ length: 9 }, (_, i) => percentileOfSorted(sorted, 10 * (i + 1)))
      const bins = Array.from({ length: 10 }, (): number[] => [])
      for (const row of rows)
        if (!Number.isNaN(column[row])) bins[edges.filter(edge => column[row] > edge).length].push(row)
      return bins.flatMap((bin, i) =>
        bin.length === 0
          ? []
          : [
              {
                product,
                feature,
                percentile: 10 * i + 5,
                rows: bin.length,
                mean_sigma: bin.reduce((sum, row) => sum + table.sigma_future[row], 0) / bin.length,
                spike_share: bin.filter(row => labels[row] === 1).length / bin.length,
              },
            ],
      )
    }),
  )
}

function byProduct(table: FeatureTable, rows: Int32Array): [string, number[]][] {
  const groups = new Map<string, number[]>()
  for (const row of rows) {
    const group = groups.get(table.product[row])
    if (group === undefined) groups.set(table.product[row], [row])
    else group.push(row)
  }
  return [...groups]
}
