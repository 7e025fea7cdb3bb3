import type { FeatureTable } from '../core/features/table.ts'
import { isoTime } from '../core/math/time.ts'
import { SpikeError } from '../errors.ts'
import { readTable } from '../stores/parquet.ts'

/**
 * One product's test seconds, thinned for a plot. `sigma` is sigma_future, `spike` whether any second of the step has label 1,
 * `alarm` whether the watched model reached its threshold in any of them.
 */
export interface StripProduct {
  product: string
  tau: number
  /** Title of the watched model. */
  watched?: string
  points: { time: string; mid: number; sigma: number; spike: boolean; alarm?: boolean }[]
}

/** A model whose alarms are shown: its column in the predictions of the test rows. */
export interface Watched {
  predictions: string
  name: string
  title: string
  threshold: number
}

export interface Strip {
  products: StripProduct[]
}

const pointsWanted = 400

/**
 * Reads what the price strip shows from `features_test.parquet`, thinned to about 400 steps a product: of each step the
 * last mid, the largest sigma_future, whether any second was a spike, and any an alarm.
 * @throws SpikeError BAD_FILE or BAD_TABLE as `readTable` does; BAD_TABLE when the predictions are of other rows.
 */
export async function readStrip(path: string, tau: Record<string, number>, watched?: Watched): Promise<Strip> {
  const { table } = await readTable(path, ['mid'])
  const scores = watched && (await readScores(watched, path, table))
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
        time: isoTime(table.time[last]),
        mid: table.columns.mid[last],
        sigma: Math.max(...group.map(row => table.sigma_future[row])),
        spike: group.some(row => table.sigma_future[row] >= tau[product]),
        ...(watched && scores && { alarm: group.some(row => scores[row] >= watched.threshold) }),
      })
    }
    return { product, tau: tau[product], ...(watched && { watched: watched.title }), points }
  })
  return { products }
}

/** Scores in the order of the table's rows. */
async function readScores({ predictions, name }: Watched, path: string, of: FeatureTable): Promise<Float64Array> {
  const { table } = await readTable(predictions, [name])
  const isSame = table.rows === of.rows && table.time.every((time, row) => time === of.time[row])
  if (isSame) return table.columns[name]
  throw new SpikeError('BAD_TABLE', `${predictions}: has other rows than ${path}; train again (npm run train)`)
}
