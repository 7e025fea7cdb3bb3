import { expect, test } from 'vitest'
import type { ColumnLimits } from '../../../src/monitor/compare/column_limits.ts'
import { assembleReport, type DriftReport } from '../../../src/monitor/report/drift_report.ts'
import { smallProfile, smallSide } from '../../fixtures/small_side.ts'

/** Twenty minutes of a column that forgets within the first minute. */
const noise = Array.from({ length: 1200 }, (_, i) => ((i * 37) % 61) / 61)
const moved = noise.map(x => x + 5)
const later = noise.map((_, i) => 10_000 + i)

type Columns = Record<string, number[]>
function reportOf(reference: Columns, current: Columns, limits: Record<string, ColumnLimits> = {}): DriftReport {
  return assembleReport(smallProfile(reference, { name: 'a' }), smallSide(current, { seconds: later, name: 'b' }), {
    title: 'test',
    simulated: false,
    modelInputs: ['x', 'z'],
    tau: null,
    stream: null,
    limits,
    resetSeconds: 900,
    seed: 60,
  })
}

test('half of the columns is drift of the data, less is none, by either rule', () => {
  const { dataset } = reportOf({ x: noise, y: noise }, { x: moved, y: noise })
  expect(dataset).toMatchObject({ drifted: true, share: 0.5, count: 1, columns: 2, threshold: 0.5 })
  expect(dataset.scale_free).toEqual({ drifted: true, share: 0.5, count: 1, undecided: 0 })
  const third = reportOf({ x: noise, y: noise, z: noise }, { x: moved, y: noise, z: noise }).dataset
  expect(third).toMatchObject({ drifted: false, share: 1 / 3, count: 1, scale_free: { drifted: false, share: 1 / 3 } })
})

test('of what drifted, the columns of the model and those with thresholds of their own are named', () => {
  const columns = { x: noise, y: noise, z: noise }
  const { dataset } = reportOf(columns, { x: moved, y: moved, z: noise }, { y: { distance: 0.5 }, z: {} })
  expect(dataset.model_columns_drifted).toEqual(['x'])
  expect(dataset.watched_columns_drifted).toEqual(['y'])
})

test("a column's own distance keeps it from drifting, whatever p says", () => {
  const [column] = reportOf({ x: noise }, { x: moved }, { x: { distance: 100 } }).columns
  expect(column.scale_free).toMatchObject({ verdict: 'stable', drifted: false, threshold: 100 })
  expect(column.scale_free.p_adjusted).toBeLessThanOrEqual(0.05)
})

test('a column that does not forget is undecided where it is far, and counts as none', () => {
  const ramp = noise.map((_, i) => i)
  const { dataset, columns } = reportOf({ x: ramp, y: ramp }, { x: ramp.map(x => x + 500), y: ramp })
  expect(columns.map(({ scale_free }) => scale_free.verdict)).toEqual(['undecided', 'stable'])
  expect(dataset.scale_free).toEqual({ drifted: false, share: 0, count: 0, undecided: 1 })
})

const few = noise.slice(0, 120)

test('sides are told with their rows, products and ends, and windows with their side', () => {
  const seconds = few.map((_, i) => (i < 60 ? 10 + i : i - 60))
  const product = few.map((_, i) => (i < 60 ? 'A' : 'B'))
  const reference = smallProfile({ x: few }, { seconds, product })
  const current = smallSide({ x: few }, { seconds: seconds.map(second => second + 1000), product })
  const settings = { title: 't', simulated: true, modelInputs: null, tau: null, stream: null, limits: {} }
  const report = assembleReport(reference, current, { ...settings, resetSeconds: 900, seed: 1 })
  expect(report).toMatchObject({ format: 'spike60-drift', version: 1, title: 't', simulated: true })
  expect(report.reference).toEqual({
    name: 'side',
    rows: 120,
    products: { A: 60, B: 60 },
    from: '2023-11-14T22:13:20.000Z',
    to: '2023-11-14T22:14:29.000Z',
  })
  expect(report.current).toMatchObject({ from: '2023-11-14T22:30:00.000Z', to: '2023-11-14T22:31:09.000Z' })
  expect(report.windows.map(({ side }) => side)).toEqual([
    ...new Array<string>(12).fill('reference'),
    ...new Array<string>(12).fill('current'),
  ])
  expect(report.dataset.model_columns_drifted).toBeNull()
  const untimed = assembleReport({ ...reference, timed: false }, current, { ...settings, resetSeconds: 900, seed: 1 })
  expect([untimed.reference.from, untimed.reference.to]).toEqual([null, null])
})
