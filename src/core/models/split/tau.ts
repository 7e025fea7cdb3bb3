import { SpikeError } from '../../../errors.ts'
import type { FeatureTable } from '../../features/table.ts'
import { percentileOfSorted, sortedWithoutNull } from '../../math/percentile.ts'

/** The label's threshold, one per product, and one sentence that says where it comes from. */
export interface Tau {
  tau: Record<string, number>
  source: string
}

/** sigma_future of the given rows, ascending, by product. */
function sigmaByProduct(table: FeatureTable, rows: ArrayLike<number>): Record<string, Float64Array> {
  const values: Record<string, number[]> = {}
  for (let i = 0; i < rows.length; i++) {
    values[table.product[rows[i]]] ??= []
    values[table.product[rows[i]]].push(table.sigma_future[rows[i]])
  }
  return Object.fromEntries(
    Object.keys(values)
      .sort()
      .map(product => [product, sortedWithoutNull(values[product])]),
  )
}

/** tau of each product: the percentile of sigma_future over the training rows only. A product without such rows has none. */
export function tauFromTraining(table: FeatureTable, train: ArrayLike<number>, percentile: number): Tau {
  const sigma = sigmaByProduct(table, train)
  const tau = Object.fromEntries(
    Object.entries(sigma).map(([product, sorted]) => [product, percentileOfSorted(sorted, percentile)]),
  )
  return { tau, source: `P${percentile} of sigma_future over the training segment only, one a product` }
}

/**
 * Takes out products that stood still: with a percentile of 0 each second would be a spike, so they have no tau and no label.
 * The source names them.
 */
export function leaveOutStill({ tau, source }: Tau): Tau & { still: string[] } {
  const still = Object.keys(tau).filter(product => tau[product] === 0)
  if (still.length === 0) return { tau, source, still }
  const moving = Object.fromEntries(Object.entries(tau).filter(([product]) => !still.includes(product)))
  return {
    tau: moving,
    source: `${source}; left out: ${still.join(', ')} (stood still in training: tau would be 0)`,
    still,
  }
}

/**
 * tau as fixed in the config: one number for all products or a map.
 * @throws SpikeError BAD_CONFIG naming each product that the map leaves out.
 */
export function tauFromConfig(products: string[], fixed: number | Record<string, number>): Tau {
  const missing = typeof fixed === 'number' ? [] : products.filter(product => !(product in fixed))
  if (missing.length > 0)
    throw new SpikeError(
      'BAD_CONFIG',
      missing.map(product => `label.tau: has no number for ${product}; add it, or give one number for all products`),
    )
  const tau = Object.fromEntries(products.map(product => [product, typeof fixed === 'number' ? fixed : fixed[product]]))
  return { tau, source: 'fixed in the config (label.tau), before any data was seen' }
}

/** What `sigma_percentiles` of an evaluation shows: sigma_future at whole percentiles of the training rows. */
export function sigmaPercentiles(
  table: FeatureTable,
  train: ArrayLike<number>,
): { product: string; percentile: number; sigma: number }[] {
  const percentiles = [...Array.from({ length: 100 }, (_, p) => p), 99.5, 100]
  return Object.entries(sigmaByProduct(table, train)).flatMap(([product, sorted]) =>
    percentiles.map(percentile => ({ product, percentile, sigma: percentileOfSorted(sorted, percentile) })),
  )
}
