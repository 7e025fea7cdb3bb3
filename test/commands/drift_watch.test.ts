import { expect, test, vi } from 'vitest'
import { watchDrift } from '../../src/commands/drift_watch.ts'
import { SpikeError } from '../../src/errors.ts'
import type { DriftReport } from '../../src/monitor/report/drift_report.ts'

const report = {
  ...{ simulated: true, current: { to: '2026-01-05T02:00:00Z' } },
  advice: { text: 'Nothing to do.', why: 'No column drifts.' },
} as DriftReport

test('too few rows are a line and another try, what no try can mend ends it', async () => {
  const stop = new AbortController()
  const said = vi.spyOn(console, 'log').mockImplementation(() => {})
  const complained = vi.spyOn(console, 'error').mockImplementation(() => {})
  const tries = [
    () => Promise.reject(new SpikeError('BAD_TABLE', 'topic ticks.features: holds no rows')),
    () => Promise.resolve(report),
    () => {
      stop.abort()
      return Promise.resolve(report)
    },
  ]
  await watchDrift(0.001, stop.signal, () => tries.shift()!())
  expect(tries).toEqual([])
  expect(complained.mock.calls).toEqual([['drift: topic ticks.features: holds no rows; it is tried again in 0.001 s']])
  const line = 'simulated data: 2026-01-05T02:00:00Z: Nothing to do. No column drifts.'
  expect(said.mock.calls).toEqual([[line], [line]])
  const bad = new SpikeError('BAD_MODEL', 'model.json: is not a readable model.json')
  await expect(watchDrift(1, new AbortController().signal, () => Promise.reject(bad))).rejects.toBe(bad)
  said.mockRestore()
  complained.mockRestore()
})
