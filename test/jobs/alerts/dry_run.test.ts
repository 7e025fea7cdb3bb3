import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { metadataKeys } from '../../../src/core/features/metadata.ts'
import { tryAlerts } from '../../../src/jobs/alerts/dry_run.ts'
import { writePredictions } from '../../../src/stores/predictions.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-dry-run-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const config = readConfig()
const start = 1_775_260_800

/** A trade a second for so long, at a price and size of the second. */
function trades(name: string, seconds: number, of: (second: number) => { price: number; size: number } | null): string {
  const path = join(folder, name)
  const lines = Array.from({ length: seconds }, (_, second) => {
    const made = of(second)
    if (made === null) return ''
    const time = new Date(1000 * (start + second)).toISOString()
    const { price, size } = made
    return `${JSON.stringify({ product_id: 'BTC-USD', trade_id: `${second}`, price: `${price}`, size: `${size}`, time })}\n`
  })
  writeFileSync(path, lines.join(''))
  return path
}

const alertsOf = ({ rules }: Awaited<ReturnType<typeof tryAlerts>>) =>
  Object.fromEntries(rules.map(({ rule, alerts }) => [rule, alerts]))

describe('alerts of saved data', () => {
  test('how many each rule would have given, and how many that is a day', async () => {
    const path = trades('jump.ndjson', 3600, second =>
      second > 2000 && second <= 2040
        ? null
        : {
            price: second < 3000 ? 100 + (second % 7) / 1000 : 102,
            size: second >= 3300 && second < 3360 ? 9 : 1 + (second % 3) / 10 + (second % 120 < 60 ? 0.1 : 0),
          },
    )
    const result = await tryAlerts([path], config)
    expect(result.days).toBeCloseTo(60 / 1440, 9)
    expect(alertsOf(result)).toEqual({ price_move: 1, volume_spike: 1, volatility: 1, stale: 1, dlq_rate: 0 })
    expect(result.rules.find(({ rule }) => rule === 'stale')?.per_day).toBeCloseTo(24, 9)
    expect(result.alerts.map(({ rule, time }) => [rule, time - start]).find(([rule]) => rule === 'stale')).toEqual([
      ...['stale', 2030],
    ])
  })

  test('a quiet market gives none, and a rule that is taken out is not told of', async () => {
    const path = trades('quiet.ndjson', 1800, second => ({
      price: 100 + (second % 7) / 1000,
      size: 1 + (second % 5) / 10,
    }))
    const { stale: _, ...alerts } = config.alerts
    expect(alertsOf(await tryAlerts([path], { ...config, alerts }))).toEqual({
      ...{ price_move: 0, volume_spike: 0, volatility: 0, dlq_rate: 0 },
    })
  })

  test('the hours between two captures are no silence of the market', async () => {
    const path = trades('two.ndjson', 90_000, second =>
      second < 600 || second > 89_400 ? { price: 100, size: 1 } : null,
    )
    expect(alertsOf(await tryAlerts([path], config)).stale).toBe(0)
  })

  test('the model that scores are of is asked at its own threshold, and a day is one of predictions', async () => {
    const raw = [trades('short.ndjson', 60, () => ({ price: 100, size: 1 }))]
    const scores = join(folder, 'scores.parquet')
    const rows = 7200
    const time = Float64Array.from({ length: rows }, (_, second) => 1e6 * (start + second))
    const probability = time.map((_, second) => (second === 1000 || second === 1100 || second === 5000 ? 0.6 : 0.1))
    const table = { rows, product: Array<string>(rows).fill('BTC-USD'), time }
    const write = (metadata: Record<string, string>) =>
      writePredictions(scores, table, new Float64Array(rows), { best: probability }, metadata)
    await write({ [metadataKeys.model]: 'best', [metadataKeys.threshold]: '0.6' })
    const { rules, alerts } = await tryAlerts(raw, config, scores)
    expect(rules.find(({ rule }) => rule === 'spike_probability')).toMatchObject({ alerts: 2, per_day: 24 })
    expect(alerts.map(({ rule, time }) => [rule, time - start])).toEqual([
      ['spike_probability', 1000],
      ['spike_probability', 5000],
    ])
    await write({})
    await expect(tryAlerts(raw, config, scores)).rejects.toMatchObject({ code: 'BAD_TABLE' })
  })

  test('rules that look at windows which nobody makes are refused', async () => {
    const windows = { ...config.windows, sets: [{ length_s: 300, slide_s: 60, lateness_s: 600 }] }
    await expect(tryAlerts([], { ...config, windows })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringContaining('price_move, volume_spike, volatility'),
    })
  })
})
