import type { FeatureTable } from '../../core/features/table.ts'
import { percentileOfSorted, sortedWithoutNull } from '../../core/math/percentile.ts'
import { findProducts } from './stretches.ts'

/** Returns of one product over one horizon. */
export interface ReturnMoments {
  product: string
  horizon_s: number
  rows: number
  /** Sample standard deviation, log return. */
  std: number
  /** Largest absolute return in standard deviations. */
  largest: number
  /** 0 for a normal distribution. */
  excess_kurtosis: number
  /** Share of returns that are exactly 0. */
  zero_share: number
}

/** Share of one-second returns per bin of half a standard deviation around `z`, and what a normal distribution would have. */
export interface ReturnBin {
  product: string
  z: number
  share: number
  normal: number
}

export interface SpreadDistribution {
  product: string
  rows: number
  /** Share of seconds with ask <= bid. */
  crossed_share: number
  /** Spread in basis points of mid at percentiles of seconds. */
  quantiles: { percentile: number; spread_bps: number }[]
}

const horizons = [1, 10, 60, 300]
const binWidth = 0.5
const widest = 12

/** Moments of the returns over 1, 10, 60 and 300 s; longer ones overlap from row to row. */
export function describeReturns(table: FeatureTable): ReturnMoments[] {
  return findProducts(table).flatMap(({ product, from, to }) =>
    horizons.map(horizon_s => {
      const values = known(table.columns[`return_${horizon_s}s`].subarray(from, to))
      const { mean, std } = moments(values)
      const fourth = values.reduce((sum, value) => sum + (value - mean) ** 4, 0) / values.length
      const variance = (std * std * (values.length - 1)) / values.length
      return {
        product,
        horizon_s,
        rows: values.length,
        std,
        largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / std,
        excess_kurtosis: fourth / variance ** 2 - 3,
        zero_share: values.filter(value => value === 0).length / values.length,
      }
    }),
  )
}

/** Histogram of one-second returns in standard deviations; returns beyond 12 of them are in the outermost bins. */
export function binReturns(table: FeatureTable): ReturnBin[] {
  const half = widest / binWidth
  return findProducts(table).flatMap(({ product, from, to }) => {
    const values = known(table.columns.return_1s.subarray(from, to))
    const { mean, std } = moments(values)
    if (!(std > 0)) return []
    const counts = new Float64Array(2 * half + 1)
    for (const value of values) {
      const bin = Math.round((value - mean) / std / binWidth)
      counts[Math.min(Math.max(bin, -half), half) + half]++
    }
    return Array.from(counts, (count, i) => {
      const z = (i - half) * binWidth
      const normal = (binWidth * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
      return { product, z, share: count / values.length, normal }
    })
  })
}

/** The spread of each product, as quantiles over its seconds. */
export function describeSpreads(table: FeatureTable): SpreadDistribution[] {
  return findProducts(table).map(({ product, from, to }) => {
    const sorted = sortedWithoutNull(table.columns.spread_bps.subarray(from, to))
    const percentiles = [0, 1, ...Array.from({ length: 49 }, (_, i) => 2 * (i + 1)), 99, 99.5, 99.9, 100]
    return {
      product,
      rows: sorted.length,
      crossed_share: sorted.filter(spread => spread <= 0).length / Math.max(1, sorted.length),
      quantiles: percentiles.map(percentile => ({ percentile, spread_bps: percentileOfSorted(sorted, percentile) })),
    }
  })
}

function known(values: Float64Array): Float64Array {
  return values.filter(value => !Number.isNaN(value))
}

function moments(values: Float64Array): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, std: Math.sqrt(squares / (values.length - 1)) }
}
