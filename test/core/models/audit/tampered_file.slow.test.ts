import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { checkCalendar } from '../../../../src/core/models/audit/calendar.ts'
import type { AuditCheck } from '../../../../src/core/models/audit/check.ts'
import { checkLead } from '../../../../src/core/models/audit/lead.ts'
import { checkOwnColumns } from '../../../../src/core/models/audit/own_columns.ts'
import { checkOwnFeatures } from '../../../../src/core/models/audit/own_features.ts'
import { copyTable, syntheticTable } from '../../../fixtures/synthetic_features.ts'

let table: FeatureTable
let long: FeatureTable

beforeAll(() => {
  table = syntheticTable(2500)
  long = syntheticTable(5000, 60, ['BTC-USD'])
})

/** Each value as it will be so many seconds later. */
function shifted({ product }: FeatureTable, column: Float64Array, seconds: number): Float64Array {
  return column.map((_, row) => (product[row + seconds] === product[row] ? column[row + seconds] : Number.NaN))
}

/** What a check says of a copy that was changed. */
function lookAt(
  change: (copy: FeatureTable) => void,
  check: (copy: FeatureTable) => AuditCheck,
  of = table,
): AuditCheck {
  const copy = copyTable(of)
  change(copy)
  return check(copy)
}

const config = readConfig()
const ownFeatures = (copy: FeatureTable): AuditCheck => checkOwnFeatures(copy, config)
const ownColumns = (copy: FeatureTable): AuditCheck => checkOwnColumns(copy, true)

describe('what follows from mid', () => {
  test.each<[string, (copy: FeatureTable) => void, RegExp]>([
    [
      'one mid',
      copy => {
        copy.columns.mid[700] *= 1.0001
      },
      /^return_1s is not what mid says in 2 rows/,
    ],
    [
      'one return',
      copy => {
        copy.columns.return_1s[700] = 0
      },
      /return_1s .* in 1 rows/,
    ],
    [
      'a volatility of 61 seconds later',
      copy => copy.columns.volatility_60s.set(table.columns.volatility_60s.subarray(61), 0),
      /volatility_60s/,
    ],
    [
      'one sigma_future',
      copy => {
        copy.sigma_future[700] *= 1.1
      },
      /sigma_future .* in 1 rows/,
    ],
    [
      'a sigma_future taken away',
      copy => {
        copy.sigma_future[700] = Number.NaN
      },
      /sigma_future .* in 1 rows/,
    ],
    [
      'a sigma_future of 60 seconds later',
      copy => {
        copy.sigma_future = shifted(copy, copy.sigma_future, 60)
      },
      /sigma_future is not what mid says in \d{4} rows/,
    ],
    [
      'a sigma_future where the seconds after it are missing',
      copy => copy.sigma_future.fill(1e-5, copy.rows - 60),
      /sigma_future is given in 60 rows though seconds after them are missing/,
    ],
    [
      'one second twice',
      copy => {
        copy.time[700] = copy.time[699]
      },
      /\(product, time\)/,
    ],
  ])('%s', (_, change, says) => {
    expect(lookAt(change, ownColumns)).toMatchObject({ verdict: 'failed', detail: expect.stringMatching(says) })
  })

  test('sigma_future of another horizon', () => {
    const change = (copy: FeatureTable): void => {
      for (let row = 0; row + 120 < copy.rows; row++) {
        const next = copy.columns.return_1s.subarray(row + 1, row + 121)
        const mean = next.reduce((sum, r) => sum + r, 0) / 120
        copy.sigma_future[row] = Math.sqrt(next.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 119)
      }
    }
    expect(lookAt(change, ownColumns)).toMatchObject({
      verdict: 'failed',
      detail: expect.stringMatching(/sigma_future/),
    })
  })

  test('of a part of a file the last sigma_future cannot be checked, and that is said', () => {
    const change = (copy: FeatureTable): void => void copy.sigma_future.fill(1e-5, copy.rows - 60)
    const part = lookAt(change, copy => checkOwnColumns(copy, false))
    expect(part).toMatchObject({
      verdict: 'warning',
      detail: expect.stringMatching(/60 values of sigma_future could not/),
    })
  })
})

describe('what follows from the other columns', () => {
  const fromOthers = [
    ...[5, 10, 30, 120, 300, 900].flatMap(n => [`volatility_${n}s`, `log_volatility_${n}s`]),
    ...['volatility_ratio_60_300', 'har_5m', 'har_15m', 'ewma_volatility_60s', 'ewma_volatility_120s', 'return_60s'],
    ...['abs_return_300s', 'mean_abs_return_300s', 'volatility_of_volatility_300s', 'volatility_zscore_900s'],
    ...['ticks_60s', 'ticks_300s', 'spread_mean_300s', 'spread_max_60s', 'parkinson_60s', 'parkinson_300s'],
    ...['bollinger_width_1200s', 'intensity_5s', 'intensity_30s'],
  ]

  test.each(fromOthers)('%s of a second later does not pass', name => {
    const found = lookAt(copy => {
      copy.columns[name] = shifted(copy, copy.columns[name], 1)
    }, ownFeatures)
    expect(found).toMatchObject({ verdict: 'failed', detail: expect.stringMatching(name) })
  })

  test('a column that is the label, whatever its name', () => {
    const median = table.sigma_future.slice().sort()[table.rows >> 1]
    for (const name of ['har_15m', 'parkinson_300s', 'ticks_300s']) {
      const label = table.sigma_future.map(sigma => (sigma >= median ? 1 : 0))
      expect(
        lookAt(copy => {
          copy.columns[name] = label
        }, ownFeatures).verdict,
      ).toBe('failed')
    }
  })
})

test('times shifted by a minute: the calendar columns tell', () => {
  const found = lookAt(copy => {
    copy.time = copy.time.map(time => time + 60e6)
  }, checkCalendar)
  expect(found).toMatchObject({ verdict: 'failed', detail: expect.stringMatching(/hour_sin .*mark_5m_ahead/) })
  const part = lookAt(copy => {
    copy.time = copy.time.map(time => time + 5e5)
  }, checkCalendar)
  expect(part.detail).toMatch(/^time \(a whole second\) is not that of the row's time in \d+ of/)
})

describe('a column that nothing else determines', () => {
  test('taken from a minute later follows the next minute better than the last', () => {
    for (const name of ['interarrival_mean_60s', 'mid_changes_60s']) {
      const change = (copy: FeatureTable): void => {
        copy.columns[name] = shifted(copy, copy.columns[name], 60)
      }
      const found = lookAt(change, checkLead, long)
      expect(found).toMatchObject({ verdict: 'failed', detail: expect.stringMatching(`${name} of BTC-USD`) })
    }
  })

  test('as sigma_future under noise, too faint for a single feature above .98', () => {
    const change = (copy: FeatureTable): void => {
      copy.columns.amihud_300s = copy.sigma_future.map((sigma, row) => sigma * (1 + (row % 7) / 3))
    }
    expect(lookAt(change, checkLead, long)).toMatchObject({
      verdict: 'failed',
      detail: expect.stringMatching(/amihud_300s of BTC-USD 0\.\d+ with the minute after/),
    })
  })

  test('an honest file has none; a short one cannot say', () => {
    expect(checkLead(long).verdict).toBe('passed')
    expect(checkLead(table).verdict).toBe('warning')
  })
})

test('a session that begins anew sooner, by another config, is no fault', () => {
  const silent = syntheticTable(2500, 60, ['BTC-USD'], [[1000, 1400]], { session_reset_s: 300 })
  const sooner = { ...config, time: { ...config.time, session_reset_s: 300 } }
  expect(checkOwnFeatures(silent, sooner).verdict).toBe('passed')
  expect(checkOwnFeatures(silent, config).verdict).toBe('failed')
})
