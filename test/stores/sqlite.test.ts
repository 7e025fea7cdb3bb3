import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { encodeScoredTrade } from '../../src/core/indicators/scored_trade.ts'
import { openStore } from '../../src/stores/open.ts'
import { after, storedRecords, storedTopic } from '../harness/stored_records.ts'

test('a store of version 1 is brought forward with all its rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-sqlite-'))
  const path = join(folder, 'store.db')
  const open = () => openStore(`sqlite:${path}`, storedTopic, { holder: 'one', held: false })
  try {
    const store = await open()
    const records = storedRecords(51, 60)
    await store.write(records, after(records))
    await store.close()
    const database = new DatabaseSync(path)
    const count = (): unknown => database.prepare('SELECT count(*) AS n FROM market_windows').get()
    const before = count()
    for (const table of ['market_trades', 'market_aggregations', 'market_anomalies', 'market_sentiment'])
      database.exec(`DROP TABLE ${table}`)
    database.exec('PRAGMA user_version = 1')
    database.close()
    const again = await open()
    expect(await again.position()).toEqual(after(records).sort((a, b) => a.partition - b.partition))
    await again.close()
    const found = new DatabaseSync(path)
    expect(found.prepare('SELECT count(*) AS n FROM market_windows').get()).toEqual(before)
    expect(found.prepare('SELECT count(*) AS n FROM market_sentiment').get()).toEqual({ n: 0 })
    expect(found.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 })
    found.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('3.40: of a hot store trades leave two days after the newest of their table, each product, and none comes again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-hot-'))
  const path = join(folder, 'hot.db')
  const hour = 3600e6
  const unknown = {
    ...{ vwap_1min: null, vwap_5min: null, rolling_avg_5min: null, volume_zscore: null, volume_zscore_excl: null },
    ...{ volume_zscore_minute: null, price_momentum: null, vwap_deviation: null, vwap_deviation_pct: null },
    ...{ trade_frequency: null, anomaly_score: null, anomaly: null, model_version: null },
  }
  /** IBM each hour for 60 hours; of AIG the first alone. */
  const trades = Array.from({ length: 60 }, (_, i) => ({ product: 'IBM', id: `${i}`, time: 1.7e15 + i * hour }))
  trades.unshift({ product: 'AIG', id: 'a', time: 1.7e15 })
  const records = trades.map((trade, offset) => {
    const value = Buffer.from(encodeScoredTrade({ ...trade, price: 10, size: 1, ...unknown }))
    return { topic: storedTopic.name, partition: 0, offset, key: trade.product, value }
  })
  const rowsOf = (product: string): number => {
    const database = new DatabaseSync(path, { readOnly: true })
    const found = database.prepare('SELECT count(*) AS n FROM market_trades WHERE product = ?').get(product)
    database.close()
    return Number(found?.n)
  }
  try {
    const store = await openStore(`hot:${path}`, storedTopic, { holder: 'one', held: false })
    await store.write(records.slice(0, 48), after(records.slice(0, 48)))
    expect([rowsOf('IBM'), rowsOf('AIG')]).toEqual([47, 1])
    await store.write(records, after(records))
    expect([rowsOf('IBM'), rowsOf('AIG')]).toEqual([48, 0])
    await store.write(records, after(records))
    await store.close()
    expect([rowsOf('IBM'), rowsOf('AIG')]).toEqual([48, 0])
    const kept = await openStore(`sqlite:${path}`, storedTopic, { holder: 'two', held: false })
    expect(await kept.position()).toEqual(after(records))
    await kept.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
