import { afterEach, expect, test, vi } from 'vitest'
import { FitTimes } from '../../../src/jobs/train/fit_times.ts'

afterEach(() => void vi.useRealTimers())

test('a fit lasts until the next one, or until all are done', () => {
  vi.useFakeTimers({ now: 1000 })
  const times = new FitTimes()
  times.note('splitting')
  for (const [what, done] of [
    ['fitting', 0],
    ['fitting', 1],
    ['fitting', 2],
    ['auditing', 1],
  ] as const) {
    vi.advanceTimersByTime(10 * (done + 1))
    times.note(what, done, 2)
  }
  expect(times.fits).toEqual([
    { started_at: 1010, ended_at: 1030 },
    { started_at: 1030, ended_at: 1060 },
  ])
})
