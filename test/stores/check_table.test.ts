import { describe, expect, test } from 'vitest'
import { features as spec } from '../../src/core/features/spec.ts'
import type { FeatureTable } from '../../src/core/features/table.ts'
import { isNeverNull, rangeOf } from '../../src/core/features/value_range.ts'
import type { SpikeError } from '../../src/errors.ts'
import { checkKeys, checkTimes, checkValues } from '../../src/stores/check_table.ts'
import { copyTable, syntheticTable } from '../fixtures/synthetic_features.ts'

const good = syntheticTable(200)

/** What is said of the good rows with some of them changed. */
function faultsOf(check: (path: string, table: FeatureTable) => void, change: (copy: FeatureTable) => void): string[] {
  const copy = { ...copyTable(good), product: [...good.product], label: new Float64Array(good.rows) }
  change(copy)
  try {
    check('FILE', copy)
    return []
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_TABLE', exit: 2 })
    return (error as SpikeError).faults
  }
}

const valuesWith = (change: (copy: FeatureTable) => void): string[] => faultsOf(checkValues, change)
const keysWith = (change: (copy: FeatureTable) => void): string[] => faultsOf(checkKeys, change)

describe('values that cannot be are refused, with column, count and first row', () => {
  test.each([
    ['an infinite feature', 'volatility_60s', Number.POSITIVE_INFINITY, 'infinite'],
    ['an infinite one without bounds', 'return_1s', Number.NEGATIVE_INFINITY, 'infinite'],
    ['an infinite sigma_future', 'sigma_future', Number.POSITIVE_INFINITY, 'infinite'],
    ['a negative sigma_future', 'sigma_future', -1e-9, 'below 0'],
    ['a negative count', 'ticks_60s', -1, 'below 0'],
    ['a negative volatility', 'volatility_10s', -1e-9, 'below 0'],
    ['a price of nothing', 'mid', 0, 'not above 0'],
    ['a share above 1', 'coverage_60s', 1.01, 'outside 0 to 1'],
    ['a cosine below -1', 'hour_cos', -1.01, 'outside -1 to 1'],
    ['a mid that is null', 'mid', Number.NaN, 'null'],
    ['a label of two', 'label', 2, 'outside 0 to 1'],
    ['a label of a half', 'label', 0.5, 'between 0 and 1'],
  ])('%s', (_, name, value, what) => {
    const faults = valuesWith(copy => {
      const { [name]: column = name === 'label' ? copy.label! : copy.sigma_future } = copy.columns
      column[7] = column[11] = value
    })
    expect(faults).toEqual([
      expect.stringMatching(
        `^FILE: column ${name} holds 2 values that are ${what}, the first at BTC-USD 2026-01-05T00:00:08`,
      ),
    ])
  })

  test('the bounds themselves are allowed', () => {
    const faults = valuesWith(copy => {
      copy.sigma_future.fill(0)
      copy.columns.imbalance.fill(-1)
      copy.columns.coverage_60s.fill(1)
      copy.label!.fill(1)
    })
    expect(faults).toEqual([])
  })

  test('what a market or a config can bring is no fault: crossed quotes, a mid carried for longer, nulls by rule', () => {
    const faults = valuesWith(copy => {
      copy.columns.spread_bps.fill(-1)
      copy.columns.mid_age.fill(11)
      copy.columns.volatility_60s.fill(Number.NaN)
      copy.sigma_future.fill(Number.NaN)
      copy.label!.fill(Number.NaN)
    })
    expect(faults).toEqual([])
  })

  test('a row twice is told, in one product only', () => {
    const faults = valuesWith(copy => {
      copy.time[9] = copy.time[8]
      copy.time[copy.product.indexOf('ETH-USD')] = copy.time[copy.product.indexOf('ETH-USD') - 1]
    })
    expect(faults).toEqual([
      expect.stringMatching('^FILE: 1 rows repeat a product and time, the first at BTC-USD 2026-01-05T00:00:09'),
    ])
  })

  test('faults of more than ten columns are counted', () => {
    const faults = valuesWith(copy => {
      for (const column of Object.values(copy.columns)) column.fill(Number.POSITIVE_INFINITY)
    })
    expect(faults).toHaveLength(11)
    expect(faults.at(-1)).toBe(`FILE: and ${spec.length - 10} more faults of columns`)
  })

  test('the spec says which columns no rule makes null', () => {
    const never = spec.map(({ name }) => name).filter(isNeverNull)
    expect(never).toEqual(expect.arrayContaining(['mid', 'spread_bps', 'hour_sin', 'coverage_60s', 'mid_age']))
    expect(never).not.toEqual(expect.arrayContaining(['volatility_60s']))
    expect([isNeverNull('sigma_future'), rangeOf('product'), rangeOf('return_1s')]).toEqual([false, null, null])
  })
})

describe('rows that cannot be are refused, with count and place', () => {
  test.each<[string, (copy: FeatureTable) => void, RegExp]>([
    [
      'no product',
      copy => copy.product.splice(4, 1, null as never),
      /^FILE: 1 rows have no product name .* row 5; a product/,
    ],
    ['control codes', copy => copy.product.fill('\x1b[2J'), /^FILE: \d+ rows have no product name/],
    ['what every object has', copy => copy.product.fill('constructor'), /^FILE: \d+ rows have no product name/],
    ['a name too long', copy => copy.product.fill('A'.repeat(65)), /^FILE: \d+ rows have no product name/],
    ['no time', copy => copy.time.fill(Number.NaN, 3, 5), /^FILE: 2 rows have no time, the first is row 4;/],
    ['milliseconds', copy => copy.time.fill(copy.time[0] / 1000, 0, 3), /^FILE: 3 rows have a time outside 2000/],
    ['no end of time', copy => copy.time.fill(9e18, 2, 3), /^FILE: 1 rows have a time outside 2000 to 2100/],
    ['within a second', copy => void copy.time[0]++, /^FILE: 1 rows have a time within a second, the first is row 1/],
  ])('%s', (_, change, message) => {
    expect(keysWith(change)).toContainEqual(expect.stringMatching(message))
  })

  test('good rows, and times within a second where they are allowed', () => {
    expect(keysWith(() => {})).toEqual([])
    expect(() => checkTimes('FILE', Float64Array.of(1_767_571_200_000_001))).not.toThrow()
    expect(() => checkTimes('FILE', Float64Array.of(Number.NaN))).toThrow(/FILE: 1 rows have no time/)
  })
})
