import { placesBy } from '../../math/group_indices.ts'
import type { Track } from './alarms.ts'
import type { JudgedRows } from './judged_rows.ts'

/** One track for each group and product, whatever the order in which groups and products lie. */
export function tracksOf({ group, product, time, volatility, tau }: JudgedRows, score: Float64Array): Track[] {
  const places = placesBy(score.length, i => `${group[i]} ${product[i]}`)
  return [...places.values()].map(rows => ({
    time: Float64Array.from(rows, i => time[i] / 1e6),
    spiking: Uint8Array.from(rows, i => (volatility[i] >= tau[i] ? 1 : 0)),
    scores: Float64Array.from(rows, i => score[i]),
  }))
}
