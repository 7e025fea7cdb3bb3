import { expect, test } from 'vitest'
import { adviseOn } from '../../../src/monitor/report/advice.ts'
import { assembleReport, type DriftReport } from '../../../src/monitor/report/drift_report.ts'
import { smallProfile, smallSide } from '../../fixtures/small_side.ts'

/** Two hours of columns that forget within the first minute. */
const rows = 7200
const noise = Array.from({ length: rows }, (_, i) => ((i * 37) % 61) / 61)
const moved = noise.map(x => x + 5)
const label = (every: number): number[] => noise.map((_, i) => (i % every === 0 ? 1 : 0))

function report(
  reference: Record<string, number[]>,
  current: Record<string, number[]>,
  inputs: string[] | null = ['x'],
) {
  const settings = { title: '', simulated: false, tau: null, stream: null, limits: {}, resetSeconds: 900, seed: 60 }
  const side = smallSide(current, { seconds: noise.map((_, i) => 10_000 + i) })
  return assembleReport(smallProfile(reference), side, { ...settings, modelInputs: inputs })
}

test.each<[DriftReport['advice']['action'], string, DriftReport]>([
  ['nothing', 'nothing moved', report({ x: noise, y: noise }, { x: noise, y: noise })],
  ['nothing', 'what no model reads moved', report({ x: noise, y: noise, z: noise }, { x: noise, y: moved, z: noise })],
  ['retrain', "the model's column moved", report({ x: noise, y: noise, z: noise }, { x: moved, y: noise, z: noise })],
  ['retrain', 'no model is named', report({ x: noise, y: noise }, { x: moved, y: moved }, null)],
  [
    'choose tau',
    'spikes are six times as frequent',
    report({ x: noise, label: label(60) }, { x: moved, label: label(10) }),
  ],
  [
    'repair',
    'a spread is negative',
    report({ x: noise, spread_bps: noise }, { x: moved, spread_bps: noise.map(x => -x) }),
  ],
])('%s, where %s', (action, _, { advice }) => {
  expect(advice.action).toBe(action)
})

test("Evidently's verdict alone means to wait", () => {
  const still = report({ x: noise }, { x: noise })
  expect(adviseOn({ ...still, dataset: { ...still.dataset, drifted: true } }).action).toBe('wait')
})

test('columns of calendar and coverage are compared, and are no part of the share', () => {
  const columns = { x: noise, hour_sin: noise, coverage_60s: noise }
  const { dataset, columns: compared } = report(columns, { x: noise, hour_sin: moved, coverage_60s: moved })
  expect(dataset).toMatchObject({ columns: 1, count: 0, scale_free: { count: 0 } })
  expect(compared.map(({ kind }) => kind)).toEqual(['market', 'calendar', 'coverage'])
})
