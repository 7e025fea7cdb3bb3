import { expect, test, vi } from 'vitest'
import { marketStamp, messageTime, wallStamp } from '../../../src/market/socket/clock.ts'

const frame = (time: string) => `{"channel":"ticker","timestamp":"${time}","sequence_num":0,"events":[]}`
const micros = (text: string) => Date.parse(text) * 1000

test('market time is the highest so far, moved by either feed, never by a bogus frame or by none', () => {
  const bogus = frame('2031-01-01T00:00:00Z')
  const stamp = marketStamp(message => message === bogus, 5)
  expect(stamp('')).toBe(5)
  expect(stamp(frame('2026-04-04T21:13:43.5Z'))).toBe(micros('2026-04-04T21:13:43.500Z'))
  expect(stamp(frame('2026-04-04T21:13:42Z'))).toBe(micros('2026-04-04T21:13:43.500Z'))
  expect(stamp(bogus)).toBe(micros('2026-04-04T21:13:43.500Z'))
  expect(stamp('{"type":"ticker","time":"2026-04-04T21:13:44.000001Z"}')).toBe(micros('2026-04-04T21:13:44Z') + 1)
  expect(stamp('not json')).toBe(micros('2026-04-04T21:13:44Z') + 1)
})

test("the envelope's time counts, not that of a book entry, and rebuilt spacing does not matter", () => {
  const book =
    '{"channel": "l2_data", "timestamp": "2026-04-04T21:13:44Z", "events":[{"event_time":"1970-01-01T00:00:00Z"}]}'
  expect(messageTime(book)).toBe(micros('2026-04-04T21:13:44Z'))
  expect(messageTime('{"event_time":"2026-04-04T21:13:44Z"}')).toBeNull()
  expect(messageTime('{"timestamp":"yesterday"}')).toBeNull()
})

test('the wall clock never goes back', () => {
  vi.useFakeTimers({ now: 2_000_000 })
  try {
    const stamp = wallStamp()
    expect(stamp('')).toBe(2_000_000_000)
    vi.setSystemTime(1_000_000)
    expect(stamp('')).toBe(2_000_000_000)
    vi.setSystemTime(2_000_001)
    expect(stamp('')).toBe(2_000_001_000)
  } finally {
    vi.useRealTimers()
  }
})
