import { expect, test } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatScore,
  formatShare,
  formatTime,
} from '../../src/monitor/format.ts'

test.each<[(value: number) => string, number, string]>([
  [formatNumber, 0, '0'],
  [formatNumber, 0.001, '0.001'],
  [formatNumber, 0.00099999, '1.00e-4'.replace('-4', '-3')],
  [formatNumber, 0.000123456, '1.23e-4'],
  [formatNumber, 123.456, '123.5'],
  [formatNumber, -999.96, '-1000'],
  [formatNumber, 1000, '1,000.0'],
  [formatNumber, 9999.94, '9,999.9'],
  [formatNumber, 10_000, '10,000'],
  [formatNumber, 999_999, '999,999'],
  [formatNumber, 1e6, '1.00e6'],
  [formatCount, 999, '999'],
  [formatCount, 1_234_567, '1,234,567'],
  [formatScore, 0, '0.000'],
  [formatScore, 0.001, '0.001'],
  [formatScore, 0.00099, '9.9e-4'],
  [formatScore, -0.00099, '-9.9e-4'],
  [formatShare, 0, '0 %'],
  [formatShare, 0.0009, '<0.1 %'],
  [formatShare, 0.001, '0.1 %'],
  [formatShare, 0.0999, '10.0 %'],
  [formatShare, 0.1, '10 %'],
  [formatShare, 1, '100 %'],
  [formatDuration, 119, '119 s'],
  [formatDuration, 120, '2 min'],
  [formatDuration, 7199, '120 min'],
  [formatDuration, 7200, '2.0 h'],
  [formatDuration, 172_799, '48.0 h'],
  [formatDuration, 172_800, '2.0 days'],
  [formatTime, 1_700_000_000e6, '2023-11-14 22:13:20'],
])('%o of %d is %s', (format, value, text) => expect(format(value)).toBe(text))

test('what there is not is a dash', () => {
  expect([formatNumber(null), formatNumber(Number.NaN), formatScore(null)]).toEqual(['–', '–', '–'])
})
