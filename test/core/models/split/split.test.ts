import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { countEpisodes } from '../../../../src/core/models/split/episodes.ts'
import { splitByTime } from '../../../../src/core/models/split/split.ts'

const settings = { train: 0.6, validation: 0.2, embargo_s: 60 }

/** Rows of the given seconds a product; sigma_future known for all. */
function tableOf(seconds: Record<string, number[]>): FeatureTable {
  const rows = Object.entries(seconds).flatMap(([product, times]) => times.map(time => ({ product, time })))
  return {
    rows: rows.length,
    product: rows.map(row => row.product),
    time: Float64Array.from(rows, row => row.time * 1e6),
    columns: {},
    sigma_future: new Float64Array(rows.length).fill(1e-5),
  }
}

/** Sessions with holes between them, of one product. */
const sessions = fc
  .array(fc.record({ gap: fc.integer({ min: 0, max: 5000 }), length: fc.integer({ min: 1, max: 900 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map(parts => {
    const times: number[] = []
    let at = 1000
    for (const { gap, length } of parts) {
      at += gap
      for (let i = 0; i < length; i++) times.push(at++)
    }
    return times
  })

test('no fitted label reaches a judged row, whatever the sessions and the embargo', () => {
  fc.assert(
    fc.property(sessions, sessions, fc.integer({ min: 0, max: 600 }), (a, b, embargo_s) => {
      const table = tableOf({ A: a, B: b })
      fc.pre(table.rows >= 600)
      let split: ReturnType<typeof splitByTime>
      try {
        split = splitByTime(table, { ...settings, embargo_s })
      } catch (error) {
        expect(error).toMatchObject({ code: 'TOO_FEW_ROWS' })
        return
      }
      const reach = (60 + embargo_s) * 1e6
      for (const row of split.train) expect(table.time[row] + reach).toBeLessThan(split.validationFrom)
      for (const row of split.validation) {
        expect(table.time[row]).toBeGreaterThanOrEqual(split.validationFrom)
        expect(table.time[row] + reach).toBeLessThan(split.testFrom)
      }
      for (const row of split.test) expect(table.time[row]).toBeGreaterThanOrEqual(split.testFrom)
      const all = [...split.train, ...split.validation, ...split.test]
      expect(new Set(all).size).toBe(all.length)
      expect(all.length + split.purged).toBe(table.rows)
    }),
  )
})

describe('one hour of two products', () => {
  const hour = Array.from({ length: 3600 }, (_, i) => i)
  const split = splitByTime(tableOf({ A: hour, B: hour.slice(1800) }), settings)

  test('is cut at 60 and 80 % of its seconds, for both products at once', () => {
    expect(split.validationFrom).toBe(2160e6)
    expect(split.testFrom).toBe(2880e6)
    expect(split.test).toHaveLength(2 * 720)
  })

  test('loses just the two minutes before each boundary', () => {
    // T + 120 s must lie strictly before the boundary: 120 seconds of each product
    expect(split.purged).toBe(2 * 2 * 120)
  })
})

test('too few labelled rows are refused with the number that is needed', () => {
  const few = tableOf({ A: Array.from({ length: 299 }, (_, i) => i) })
  expect(() => splitByTime(few, settings)).toThrow(/299 labelled rows, at least 300/)
  const short = tableOf(
    Object.fromEntries(['A', 'B', 'C', 'D'].map(p => [p, Array.from({ length: 100 }, (_, i) => i)])),
  )
  expect(() => splitByTime(short, settings)).toThrow(/no row is left to train on/)
})

test('label-1 seconds less than 60 s apart are one episode, each product for itself', () => {
  const table = tableOf({ A: [0, 1, 59, 118, 178], B: [179] })
  const all = [0, 1, 2, 3, 4, 5]
  expect(countEpisodes(table, all, [1, 1, 1, 1, 1, 1])).toBe(3)
  expect(countEpisodes(table, all, [1, 0, 0, 1, 0, 0])).toBe(2)
  expect(countEpisodes(table, all, [0, 0, 0, 0, 0, 0])).toBe(0)
})
