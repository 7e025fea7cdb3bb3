import { readTable } from '../tables/parquet.ts'

/** One product's test seconds, thinned for a plot. `sigma` is sigma_future, `spike` whether any second of the step has label 1. */
export interface StripProduct {
  product: string
  tau: number
  points: { time: string; mid: number; sigma: number; spike: boolean }[]
}

export interface Strip {
  products: StripProduct[]
}

const pointsWanted = 400

/**
 * Reads what the price strip shows from `features_test.parquet`, thinned to about 400 steps a product: of each step the
 * last mid, the largest sigma_future, and whether any second was a spike.
 * @throws SpikeError BAD_FILE or BAD_TABLE as `readTable` does.
 */
export async function readStrip(path: string, tau: Record<string, number>): Promise<Strip> {
  const { table } = await readTable(path, ['mid'])
  const rowsOf = new Map<string, number[]>()
  for (let row = 0; row < table.rows; row++) {
    const rows = rowsOf.get(table.product[row])
    if (rows === undefined) rowsOf.set(table.product[row], [row])
    else rows.push(row)
  }
  const products = [...rowsOf].map(([product, rows]) => {
    const step = Math.max(1, Math.ceil(rows.length / pointsWanted))
    const points: StripProduct['points'] = []
    for (let start = 0; start < rows.length; start += step) {
      const group = rows.slice(start, start + step)
      const last = group[group.length - 1]
      points.push({
        time: new Date(table.time[last] / 1000).toISOString(),
        mid: table.columns.mid[last],
        sigma: Math.max(...group.map(row => table.sigma_future[row])),
        spike: group.some(row => table.sigma_future[row] >= tau[product]),
      })
    }
    return { product, tau: tau[product], points }
  })
  return { products }
}
