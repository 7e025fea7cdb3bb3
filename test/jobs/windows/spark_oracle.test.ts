/** Our windows against what Spark made of the same trades: the batch over all input is the truth. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { TrendRow } from '../../../src/core/indicators/windows/trend.ts'
import { TrendInput, type TrendTable } from '../../../src/jobs/windows/follow_trend.ts'
import { readTrades } from '../../../src/jobs/windows/read_trades.ts'
import { replayWindows, type WindowsReplay } from '../../../src/jobs/windows/replay.ts'
import { captureFile } from '../../fixtures/captures.ts'
import { expectClose, expectTruth, linesOf, sparkRows } from '../../fixtures/spark_rows.ts'
import { needs } from '../../harness/needs.ts'

const oracle = fileURLToPath(new URL('../../../../shared/reference/oracles/spark', import.meta.url))
const lacksOracle = existsSync(oracle) ? null : "Spark's answers do not lie in ../shared/reference/oracles"
const sets = [
  { length_s: 60, slide_s: 10, lateness_s: 600 },
  { length_s: 300, slide_s: 60, lateness_s: 600 },
]

describe("Spark's windows", needs(lacksOracle), () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-windows-'))
  const config = readConfig()
  beforeAll(() => {
    for (const archive of ['inputs/small.tar.gz', 'outputs/outputs.tar.gz'])
      execFileSync('tar', ['xzf', join(oracle, archive), '-C', folder])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const replayed = (files: string[], set: (typeof sets)[0]): Promise<WindowsReplay> =>
    replayWindows(files, config, { ...config.windows, sets: [set] })

  const inputs: [name: string, ...files: string[]][] = [
    ['exchange_trades', 'inputs/exchange_trades.ndjson'],
    ['market_trades', 'inputs/market_trades.ndjson'],
    ['all_channels_ticker', 'inputs/all_channels_ticker.ndjson'],
    ['bad_lines', 'inputs/bad_lines.ndjson'],
    ['exchange_trades', captureFile('coinbase-exchange-2025-11-legacy.ndjson.gz')],
    ['market_trades', captureFile('coinbase-all-channels-24s.jsonl.zst')],
    ['ticker_2026-04-04T2113', captureFile('coinbase-ticker-2026-04-04T2113.ndjson.gz')],
    ['ticker_2026-04-04T0319-2h-btc-eth', captureFile('coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz')],
    ['ticker_2026-04-04T2254', captureFile('coinbase-ticker-2026-04-04T2254.ndjson.gz')],
  ]
  for (const set of sets)
    test.each(inputs)(`%s of %s: every window of ${set.length_s} s`, async (name, ...files) => {
      const { rows } = await replayed(
        files.map(file => join(file.startsWith('inputs') ? folder : '', file)),
        set,
      )
      expectTruth(rows, sparkRows(folder, name, set))
    })

  test('lines that are no trades are counted by the first of the five reasons', async () => {
    const { dead } = await replayed([join(folder, 'inputs/bad_lines.ndjson')], sets[0])
    const { dlq } = JSON.parse(readFileSync(join(folder, 'outputs/bad_lines/summary.json'), 'utf8'))
    expect(dead).toEqual(dlq)
  })

  test('the trend of CoinCap trades, minute by minute as they arrived: every row of every table', async () => {
    const arrivals = readdirSync(join(folder, 'inputs/coincap_synthetic')).sort()
    const runs = linesOf<TrendTable>(join(folder, 'outputs/coincap_synthetic/runs.ndjson'))
    expect(runs.length).toBe(arrivals.length)
    const input = new TrendInput()
    for (const [i, { now, rows }] of runs.entries()) {
      const file = join(folder, 'inputs/coincap_synthetic', arrivals[i])
      for await (const events of readTrades([file], config)) for (const event of events) input.take(event)
      const found = input.trend.table(now! * 1e6)
      const exact = ({ base, start, trades, price_trend }: TrendRow) => ({ base, start, trades, price_trend })
      expect(found.map(exact)).toEqual(rows.map(exact))
      for (const [r, row] of rows.entries())
        for (const name of ['total_volume', 'total_amount', 'average_price', 'actual_avg'] as const)
          expectClose(found[r][name], row[name], 1e-12)
    }
  })
})
