import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTimestamp } from '../../../src/market/feeds/timestamp.ts'

/** Independent of the code: whole milliseconds by Date, the fraction by BigInt nanoseconds. */
function expected(whole: string, fraction: string): number {
  const nanos = BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0') || '0')
  const micros = nanos / 1000n
  return Number(nanos < 0n && nanos % 1000n !== 0n ? micros - 1n : micros)
}

const whole = fc
  .integer({ min: Date.UTC(1900, 0, 1) / 1000, max: Date.UTC(2199, 11, 31) / 1000 })
  .map(seconds => new Date(seconds * 1000).toISOString().slice(0, 19))
const fraction = fc.stringMatching(/^\d{1,9}$/)

describe('parseTimestamp', () => {
  it('gives the microseconds of any day with 0 to 9 digits, finer ones cut', () => {
    fc.assert(
      fc.property(whole, fc.option(fraction, { nil: '' }), (text, digits) => {
        expect(parseTimestamp(`${text}${digits && `.${digits}`}Z`)).toBe(expected(text, digits))
      }),
      { numRuns: 2000 },
    )
  })

  it('takes an offset off', () => {
    expect(parseTimestamp('2026-04-04T23:30:00.5+02:30')).toBe(parseTimestamp('2026-04-04T21:00:00.5Z'))
    expect(parseTimestamp('2026-04-04T23:30:00-01:00')).toBe(parseTimestamp('2026-04-05T00:30:00Z'))
  })

  it('takes any offset off, from -23:59 to +23:59, those of hour 0 among them', () => {
    const twice = (value: number): string => String(value).padStart(2, '0')
    for (const sign of ['+', '-'])
      for (const hours of [0, 1, 12, 23])
        for (const minutes of [0, 1, 30, 59]) {
          const offset = `${sign}${twice(hours)}:${twice(minutes)}`
          const east = (sign === '+' ? 1 : -1) * (hours * 60 + minutes) * 60e6
          const text = '2026-04-04T13:30:00'
          expect(parseTimestamp(`${text}${offset}`), offset).toBe(expected(text, '') - east)
          expect(parseTimestamp(`${text}.25${offset}`), offset).toBe(expected(text, '25') - east)
        }
    for (const offset of [
      '+24:00',
      '+00:60',
      '-24:00',
      '+0:00',
      '+00:0',
      '+00-00',
      '+00:000',
      '+00:00Z',
      '*00:00',
      '+a0:00',
    ])
      expect(parseTimestamp(`2026-04-04T13:30:00${offset}`), offset).toBeNull()
  })

  it('takes T, t or a space between day and time, Z or z at the end, and nothing else', () => {
    const time = expected('2026-04-04T13:30:00', '')
    for (const text of ['2026-04-04T13:30:00Z', '2026-04-04t13:30:00z', '2026-04-04 13:30:00Z'])
      expect(parseTimestamp(text)).toBe(time)
    // Whatever stands in the place of one character: a digit may be another digit, nothing else.
    const whole = '2026-04-04T13:30:00.5+01:00'
    for (let at = 0; at < whole.length; at++)
      for (const other of ['x', '/', ';', '-', ':', '.', '+', ' ', 'T', 'Z']) {
        if (other === whole[at] || (at === 10 && other === ' ') || (at === 22 - 1 && other === '-')) continue
        expect(parseTimestamp(whole.slice(0, at) + other + whole.slice(at + 1)), `${other} at ${at}`).toBeNull()
      }
  })

  it('does not confuse days after one was cached', () => {
    const day = parseTimestamp('2026-02-28T00:00:00Z')!
    expect(parseTimestamp('2026-03-01T00:00:00Z')! - day).toBe(86_400_000_000)
    expect(parseTimestamp('2024-03-01T00:00:00Z')! - parseTimestamp('2024-02-28T00:00:00Z')!).toBe(2 * 86_400_000_000)
  })

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00Z ',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00+0100',
    '2026-01-01T00:00:00.1x',
    '2026/01/01T00:00:00Z',
    '2026-1-01T00:00:000Z',
    '2026-01-01T00:00:0Z',
    '2026-04-31T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '',
    'yesterday',
  ])('refuses %j', text => expect(parseTimestamp(text)).toBeNull())

  it('refuses what is no text, and never throws', () => {
    for (const value of [null, undefined, 0, 1767571200, {}, []]) expect(parseTimestamp(value)).toBeNull()
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), text => {
        const time = parseTimestamp(text)
        expect(time === null || Number.isSafeInteger(time)).toBe(true)
      }),
    )
  })
})
