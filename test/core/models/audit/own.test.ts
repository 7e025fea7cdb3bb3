import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { futureVolatility } from '../../../../src/core/features/label.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { checkCalendar } from '../../../../src/core/models/audit/calendar.ts'
import { checkLead } from '../../../../src/core/models/audit/lead.ts'
import { checkOwnColumns } from '../../../../src/core/models/audit/own_columns.ts'
import { checkOwnFeatures } from '../../../../src/core/models/audit/own_features.ts'
import { randomMarket, rowsOf } from '../../../fixtures/events.ts'
import { copyTable } from '../../../fixtures/synthetic_features.ts'

const config = readConfig()

/** Rows of a market with trades, sizes, gaps and silences, of so many events. */
function tableOf(events: number, meanStep: number, start = 86_400 * 20_000 - 400): FeatureTable {
  const shape = { seed: 5, start, events, meanStep, price: 66_853.9, roughness: 1e-4, holes: 0.002, sizes: true }
  const table = rowsOf(randomMarket(shape))
  return { ...table, sigma_future: futureVolatility(table) }
}
const honest = tableOf(900, 1.6)
const short = tableOf(400, 1)

test('an honest market passes, and so many of its values are looked at', () => {
  expect([
    checkOwnFeatures(honest, config),
    checkOwnColumns(honest, true),
    checkCalendar(honest),
  ]).toMatchInlineSnapshot(`
    [
      {
        "detail": "34723 values of 51 features on one row in 1 are what the file's other columns give",
        "name": "own_features",
        "verdict": "passed",
      },
      {
        "detail": "2960 values of return_1s, volatility_60s and sigma_future equal what the file's mid column gives",
        "name": "own_columns",
        "verdict": "passed",
      },
      {
        "detail": "hour, weekday and marks of all 1337 rows are those of their times",
        "name": "calendar",
        "verdict": "passed",
      },
    ]
  `)
})

test('a column that was changed by a thousandth is named by the check that can work it out, and by no other', () => {
  const found: Record<string, string[]> = {}
  for (const name of Object.keys(short.columns)) {
    const changed = copyTable(short)
    changed.columns[name] = changed.columns[name].map(value => value * 1.001 + 1e-6)
    for (const { name: check, verdict, detail } of [
      checkOwnFeatures(changed, config),
      checkOwnColumns(changed, true),
      checkCalendar(changed),
    ])
      if (verdict === 'failed' && detail.includes(`${name} is not`)) found[check] = [...(found[check] ?? []), name]
  }
  expect(
    Object.fromEntries(Object.entries(found).map(([check, names]) => [check, names.join(' ')])),
  ).toMatchInlineSnapshot(`
    {
      "calendar": "mark_5m_ahead mark_15m_ahead mark_60m_ahead hour_sin hour_cos weekday_sin weekday_cos",
      "own_columns": "return_1s volatility_60s",
      "own_features": "volatility_5s volatility_10s volatility_30s volatility_60s volatility_120s volatility_300s log_volatility_5s log_volatility_10s log_volatility_30s log_volatility_60s log_volatility_120s log_volatility_300s volatility_ratio_10_60 volatility_ratio_60_300 har_1m har_5m return_10s return_60s return_300s abs_return_10s abs_return_60s abs_return_300s mean_abs_return_300s ticks_60s ticks_300s trades_60s trades_300s intensity_5s intensity_30s spread_mean_60s spread_max_60s spread_mean_300s spread_max_300s imbalance_change_10s weighted_mid_bps coverage_60s coverage_300s",
    }
  `)
})

test('a sigma_future that was changed, or is given where it cannot be known, and rows out of order', () => {
  const changed = copyTable(short)
  const known = changed.sigma_future.findIndex(value => !Number.isNaN(value))
  changed.sigma_future[known] *= 1.00001
  expect(checkOwnColumns(changed, true)).toMatchObject({
    verdict: 'failed',
    detail: expect.stringMatching(/sigma_future .* in 1 rows/),
  })
  const given = copyTable(short)
  given.sigma_future[given.rows - 1] = 1e-5
  expect(checkOwnColumns(given, true)).toMatchObject({
    verdict: 'failed',
    detail: expect.stringMatching(/in 1 rows though/),
  })
  expect(checkOwnColumns(given, false)).toMatchObject({
    verdict: 'warning',
    detail: expect.stringMatching(/; 1 values/),
  })
  const twice = copyTable(short)
  twice.time[5] = twice.time[4]
  expect(checkOwnColumns(twice, true).detail).toMatch(/\(product, time\)/)
  const shifted = copyTable(short)
  shifted.time[5] += 1
  expect(checkCalendar(shifted).detail).toMatch(/^time \(a whole second\) is not that of the row's time in 1 of/)
})

test('a column that leads volatility by a minute is named; fewer than 240 rows 15 s apart say nothing', () => {
  const rows = 15 * 300
  const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => of(row))
  // Volatility comes in waves of some minutes: what is a minute ahead is no better known by the last minute.
  const wave = (second: number): number => 1e-5 * (2 + Math.sin(second / 40) + Math.sin(second / 97))
  const market = (leads: number): FeatureTable => ({
    rows,
    product: Array(rows).fill('A-USD'),
    time: column(row => row * 1e6),
    columns: { volatility_60s: column(wave), other: column(row => wave(row + leads)), constant: column(() => 1) },
    sigma_future: column(row => wave(row + 60)),
  })
  expect(checkLead(market(0))).toMatchInlineSnapshot(`
    {
      "detail": "no column follows the next minute's volatility better than the last one's; nearest: none follows it at all",
      "name": "lead",
      "verdict": "passed",
    }
  `)
  expect(checkLead(market(60))).toMatchInlineSnapshot(`
    {
      "detail": "rank correlation of other of A-USD 1.00 with the minute after, 0.44 with the one before: it knows the future",
      "name": "lead",
      "verdict": "failed",
    }
  `)
  expect(checkLead(market(-30)).verdict).toBe('passed')
  for (const [known, verdict] of [
    [239, 'passed'],
    [240, 'failed'],
  ] as const) {
    const sparse = market(60)
    sparse.columns.other = sparse.columns.other.map((value, row) => (row < 15 * known ? value : Number.NaN))
    expect(checkLead(sparse).verdict).toBe(verdict)
  }
  const few = { ...market(60), rows: 15 * 239 }
  expect(checkLead(few).verdict).toBe('warning')
  expect(checkLead({ ...few, rows: 15 * 239 + 1 }).verdict).toBe('failed')
})
