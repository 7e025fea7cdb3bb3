import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addNanos, cutTo, formatGoClock, formatTimestamp, isBefore } from '../../src/exchange/nanosecond_time.ts'
import { parseTimestamp } from '../../src/market/feeds/timestamp.ts'

const moments = fc.record({
  second: fc.integer({ min: 0, max: 4_000_000_000 }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
})

test('a moment is printed as Go does, zeros cut', () => {
  const second = Date.UTC(2026, 3, 4, 21, 13, 43) / 1000
  expect(formatTimestamp({ second, nanos: 291_084_825 })).toBe('2026-04-04T21:13:43.291084825Z')
  expect(formatTimestamp({ second, nanos: 200_000_000 })).toBe('2026-04-04T21:13:43.2Z')
  expect(formatTimestamp({ second, nanos: 10 })).toBe('2026-04-04T21:13:43.00000001Z')
  expect(formatTimestamp({ second, nanos: 0 })).toBe('2026-04-04T21:13:43Z')
  expect(formatGoClock({ second, nanos: 257_889_610 }, { second: 139_651, nanos: 2_714 })).toBe(
    '2026-04-04 21:13:43.25788961 +0000 UTC m=+139651.000002714',
  )
})

test('what is printed reads back to the microsecond', () => {
  fc.assert(
    fc.property(moments, moment => {
      expect(parseTimestamp(formatTimestamp(moment))).toBe(moment.second * 1_000_000 + Math.floor(moment.nanos / 1000))
    }),
  )
})

test('cutting never moves a moment on, adding nanoseconds always does', () => {
  fc.assert(
    fc.property(
      moments,
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 999_999_999 }),
      (moment, digits, more) => {
        const cut = cutTo(digits, moment)
        expect(isBefore(moment, cut)).toBe(false)
        expect(formatTimestamp(cut).length).toBeLessThanOrEqual(digits === 0 ? 20 : 21 + digits)
        const later = addNanos(moment, more)
        expect(isBefore(moment, later)).toBe(true)
        expect((later.second - moment.second) * 1e9 + later.nanos - moment.nanos).toBe(more)
      },
    ),
  )
})
