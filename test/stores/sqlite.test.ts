import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
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
