import { expect, test } from 'vitest'
import { degenerateReason, describeSegment } from '../../../../src/core/models/split/segment.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

test('a segment says much from 30 spikes in 5 episodes on, if not all of it is spikes', () => {
  expect(degenerateReason(100, 30, 5)).toBeNull()
  expect(degenerateReason(100, 29, 5)).toBe('29 positives, below 30')
  expect(degenerateReason(100, 30, 4)).toBe('4 episodes, below 5')
  expect(degenerateReason(100, 29, 1)).toBe('29 positives, below 30; 1 episode, below 5')
  expect(degenerateReason(100, 0, 0)).toBe('one class only: no spike')
  expect(degenerateReason(100, 100, 9)).toBe('one class only: nothing but spikes')
  expect(degenerateReason(0, 0, 0)).toMatch(/^no row/)
})

test('span, rows, spikes and prevalence of the rows given; without a row the span is where it would begin', () => {
  const table = syntheticTable(100, 2, ['A-USD'])
  const labels = Float64Array.from(table.time, (_, row) => (row >= 40 ? 1 : 0))
  const seconds = (row: number): string => new Date(table.time[row] / 1000).toISOString().slice(0, 19)
  const found = describeSegment(table, Int32Array.of(30, 35, 45, 50), labels, 0)
  expect(found).toMatchObject({ rows: 4, positives: 2, episodes: 1, prevalence: 0.5 })
  expect([found.from.slice(0, 19), found.to.slice(0, 19)]).toEqual([seconds(30), seconds(50)])
  const empty = describeSegment(table, new Int32Array(0), labels, table.time[7])
  expect(empty).toMatchObject({ rows: 0, positives: 0, episodes: 0, prevalence: 0 })
  expect([empty.from.slice(0, 19), empty.to.slice(0, 19)]).toEqual([seconds(7), seconds(7)])
})
