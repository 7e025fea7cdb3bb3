import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { Followed } from '../../src/serve/follow_topics.ts'
import { type HealthInput, healthOf } from '../../src/serve/health.ts'
import { View } from '../../src/serve/view.ts'

const limits = { most_lag: 10, longest_idle_s: 5 }

function statusOf(topic: Partial<Followed>, more: Partial<HealthInput> = {}): string {
  const one = { topic: { kind: 'raw', name: 'ticks.raw' }, there: true, lag: 0, takenAt: 0, fault: null, ...topic }
  const times = { now: 5000, wall: 1, uptimeSeconds: 1 }
  return healthOf({
    ...{ limits, view: new View(), followed: [one as Followed], eventsPerSecond: null, parts: [] },
    ...{ ...times, ...more },
  }).status
}

test('it is unhealthy while a topic that is there cannot be read, and says why; one that is not there yet is only named', () => {
  const one = { topic: { kind: 'raw', name: 'ticks.raw' }, there: true, lag: 0, takenAt: 0, fault: 'no answer' }
  const told = (more: Partial<Followed>) =>
    healthOf({
      ...{ limits, view: new View(), followed: [{ ...one, ...more } as Followed], eventsPerSecond: null, parts: [] },
      ...{ now: 0, wall: 1, uptimeSeconds: 1 },
    })
  expect(told({})).toMatchObject({ status: 'unhealthy', reasons: ['ticks.raw: no answer'] })
  expect(told({ there: false })).toMatchObject({ status: 'healthy', reasons: ['ticks.raw: no answer'] })
  expect(told({ fault: null })).toMatchObject({ status: 'healthy', reasons: [] })
})

test('it is degraded from one record more than most_lag behind, unhealthy after longest_idle_s without one of a topic that grows', () => {
  expect(statusOf({ lag: 10 })).toBe('healthy')
  expect(statusOf({ lag: 11 })).toBe('degraded')
  expect(statusOf({ lag: 1 }, { now: 5001 })).toBe('unhealthy')
  expect(statusOf({ lag: 0 }, { now: 5001 })).toBe('healthy')
  expect(statusOf({ lag: 11 }, { limits: { most_lag: 11, longest_idle_s: 5 } })).toBe('healthy')
  expect(statusOf({ lag: 1 }, { now: 5001, limits: { most_lag: 10, longest_idle_s: 6 } })).toBe('healthy')
  expect(readConfig().health).toEqual({ most_lag: 1000, longest_idle_s: 60 })
})
