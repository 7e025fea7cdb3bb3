import { expect, test } from 'vitest'
import { tracksOf } from '../../../../src/core/models/metrics/alarms.ts'
import type { JudgedRows } from '../../../../src/core/models/metrics/judged_rows.ts'
import { averagePrecision } from '../../../../src/core/models/metrics/metrics.ts'
import { slicesOf } from '../../../../src/core/models/metrics/slices.ts'

const rows = 400
const at = <Value>(of: (i: number) => Value): Value[] => Array.from({ length: rows }, (_, i) => of(i))
/** Two products by turns, as folds bring them; B has ten spikes, A a hundred in two episodes. */
const judged: JudgedRows = {
  group: at(() => 'test'),
  product: at(i => (i % 2 === 0 ? 'A' : 'B')),
  time: Float64Array.from(at(i => (3590 + i) * 1e6)),
  label: Float64Array.from(at(i => (i % 2 === 0 ? (i < 100 || i >= 300 ? 1 : 0) : i < 20 ? 1 : 0))),
  sigma: new Float64Array(rows),
  tau: new Float64Array(rows).fill(2.995e-5),
  volatility: Float64Array.from(at(i => i * 1e-7)),
  level: Float64Array.from(at(i => (i < 200 ? 0.5e-5 : i < 300 ? 2.5e-5 : Number.NaN))),
}
const score = Float64Array.from(at(i => (i * 37) % 101))

test('each part is judged on its own rows; too few spikes give null; episodes are counted a product', () => {
  const slices = slicesOf(judged, { one: score })
  const named = (by: string) => slices.filter(slice => slice.by === by)
  expect(named('product').map(({ name, rows, positives, episodes }) => [name, rows, positives, episodes])).toEqual([
    ['A', 200, 100, 2],
    ['B', 200, 10, 1],
  ])
  const even = at(i => i).filter(i => i % 2 === 0)
  expect(named('product')[0].pr_auc.one).toBe(
    averagePrecision(
      even.map(i => judged.label[i]),
      even.map(i => score[i]),
    ),
  )
  expect(named('product')[1].pr_auc.one).toBeNull()
  expect(named('regime').map(({ name, rows }) => [name, rows])).toEqual([
    ['calm, below tau/3', 200],
    ['loud, from 2 tau/3', 100],
    ['unknown after reset', 100],
  ])
  expect(named('hour').map(({ name, rows }) => [name, rows])).toEqual([
    ['00', 10],
    ['01', 390],
  ])
  expect(named('day')).toEqual([])
})

test('a track is one product in order of time, spiking where volatility_60s has reached tau', () => {
  const [a, b] = tracksOf(judged, score)
  expect(a.time).toHaveLength(200)
  expect([...a.scores.slice(0, 3)]).toEqual([score[0], score[2], score[4]])
  expect(a.spiking.indexOf(1)).toBe(150)
  expect(b.spiking.indexOf(1)).toBe(150)
})
