import type { FeatureTable } from '../../features/table.ts'

/** Label-1 seconds of one product that are less than so many microseconds apart are one episode. */
const apart = 60e6

/**
 * Number of spike episodes: runs of label-1 seconds less than 60 s apart, counted a product. Seconds of one episode share
 * most of their 60 returns, so episodes, not rows, say how much evidence there is.
 * @param rows indices, ascending in a table sorted by (product, time).
 */
export function countEpisodes(
  table: Pick<FeatureTable, 'product' | 'time'>,
  rows: ArrayLike<number>,
  labels: ArrayLike<number>,
): number {
  let episodes = 0
  let product = ''
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    if (labels[row] !== 1) continue
    if (table.product[row] !== product || table.time[row] - last >= apart) episodes++
    product = table.product[row]
    last = table.time[row]
  }
  return episodes
}
