import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import type { Incoming } from '../../src/streams/port.ts'
import { type Aws, startAws } from '../harness/aws.ts'
import { scanDynamodb } from '../harness/dynamodb_reader.ts'
import { needs } from '../harness/needs.ts'
import { findPython } from '../harness/python.ts'
import { dynamodb } from '../harness/store_engines.ts'
import { after, storedTopic } from '../harness/stored_records.ts'
import { keepsKinds } from './keeps_kinds.ts'
import { keepsRows } from './keeps_rows.ts'

const { python, lacks } = await findPython('stores')
describe('dynamodb', needs(lacks), keepsRows(dynamodb(python)))
describe('dynamodb, of shares and news', needs(lacks), keepsKinds(dynamodb(python)))

describe('tables of DynamoDB', needs(lacks), () => {
  let server: Aws
  beforeAll(async () => {
    server = await startAws(python!)
  })
  afterAll(() => server.stop())

  test('trades of one time stay on eight shards, in the order of time; the newest is read by its key; ttl is of the event', async () => {
    const scored = (id: number, time: number): string =>
      JSON.stringify({
        ...{ product: 'IBM', id: `${id}`, time, price: 100 + id, size: 1, vwap_1min: null, vwap_5min: null },
        ...{ rolling_avg_5min: null, volume_zscore: null, volume_zscore_minute: null, price_momentum: null },
        ...{
          vwap_deviation_pct: null,
          trade_frequency: null,
          anomaly_score: null,
          anomaly: false,
          model_version: null,
        },
      })
    const start = 1_381_152_600_000_000
    const records = Array.from({ length: 60 }, (_, i): Incoming => {
      const value = Buffer.from(scored(i, start + 1000 * Math.floor(i / 3)))
      return { topic: storedTopic.name, partition: 0, offset: i, key: 'IBM', value }
    })
    const store = await openStore('dynamodb://hot.', storedTopic, { holder: 'one', held: false })
    expect(await store.write(records.slice(0, 30), after(records.slice(0, 30)))).toMatchObject({
      refused: 0,
      changed: 30,
    })
    await store.write(records.slice(30), after(records))
    const items = await scanDynamodb(server, 'hot.market_trades')
    const trades = items.filter(({ newest }) => newest === undefined)
    expect(trades.length).toBe(60)
    const shards = new Set(trades.map(({ pk }) => String(pk.S)))
    expect(shards.size).toBeGreaterThan(4)
    for (const shard of shards) expect(shard).toMatch(/^IBM#[0-7]$/)
    const inOrder = [...trades].sort((a, b) => (String(a.sk.S) < String(b.sk.S) ? -1 : 1))
    const times = inOrder.map(({ time_us }) => Number(time_us.N))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    for (const { ttl, window_end } of trades) expect(Number(ttl.N)).toBe(Number(window_end.N) + 48 * 3600)
    const latest = items.filter(({ newest }) => newest !== undefined)
    expect(latest.map(({ pk, time_us }) => [pk.S, Number(time_us.N)])).toEqual([['latest#IBM', start + 19_000]])
  })

  test('a prefix that is none is refused', async () => {
    const open = openStore('dynamodb://a/b', storedTopic, { holder: 'one', held: false })
    await expect(open).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  })
})
