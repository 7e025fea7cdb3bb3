import type { FeatureTable } from '../core/features/table.ts'
import { maximum } from '../core/math/extremes.ts'
import { isoTime } from '../core/math/time.ts'
import { SpikeError } from '../errors.ts'
import { readTable } from '../stores/parquet.ts'
import { findProducts } from './eda/stretches.ts'

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
 * Reads what the price strip shows from `features_test.parquet`, as `stripsOf` thins it.
 * @throws SpikeError BAD_FILE or BAD_TABLE as `readTable` does; BAD_TABLE when the predictions are of other rows.
 */
export async function readStrip(path: string, tau: Record<string, number>, watched?: Watched): Promise<Strip> {
  const { table } = await readTable(path, ['mid'])
  const scores = watched && (await readScores(watched, path, table))
  const isAlarm = watched && scores && ((row: number) => scores[row] >= watched.threshold)
  return {
    products: stripsOf(table, tau, isAlarm).map(({ points, ...of }) => ({
      ...of,
      ...(watched && { watched: watched.title }),
      points,
    })),
  }
}

/**
 * What the price strip shows of a table, by product, thinned to about 400 steps: of each step the last mid, the largest
 * sigma_future, whether any second was a spike, and any an alarm.
 */
export function stripsOf(
  table: FeatureTable,
  tau: Record<string, number>,
  isAlarm?: (row: number) => boolean,
): Omit<StripProduct, 'watched'>[] {
  return findProducts(table).map(({ product, from, to }) => {
    const step = Math.max(1, Math.ceil((to - from) / pointsWanted))
    const points: StripProduct['points'] = []
    for (let start = from; start < to; start += step) {
      const group = Array.from({ length: Math.min(step, to - start) }, (_, i) => start + i)
      const last = group[group.length - 1]
      points.push({
        time: isoTime(table.time[last]),
        mid: table.columns.mid[last],
        sigma: maximum(group.map(row => table.sigma_future[row])),
        spike: group.some(row => table.sigma_future[row] >= tau[product]),
        ...(isAlarm && { alarm: group.some(isAlarm) }),
      })
    }
    return { product, tau: tau[product], points }
  })
}

/** Scores in the order of the table's rows. */
async function readScores({ predictions, name }: Watched, path: string, of: FeatureTable): Promise<Float64Array> {
  const { table } = await readTable(predictions, [name])
  const isSame = table.rows === of.rows && table.time.every((time, row) => time === of.time[row])
  if (isSame) return table.columns[name]
  throw new SpikeError('BAD_TABLE', `${predictions}: has other rows than ${path}; train again (npm run train)`)
}
