import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { foldWindows } from '../../../src/commands/demo/windows.ts'
import { readConfig } from '../../../src/config.ts'
import { feedFiles } from '../../../src/jobs/ingest/feed_files.ts'
import { openStreams } from '../../../src/streams/open.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-demo-windows-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A quarter of an hour of tickers of both products, one of which jumps. */
function capture(): string {
  const path = join(folder, 'frames.ndjson')
  const lines = Array.from({ length: 1800 }, (_, i) => {
    const price = `${i % 2 === 0 && i > 1000 ? 103 : 100 + (i % 7) / 100}`
    const ticker = {
      type: 'ticker',
      product_id: ['BTC-USD', 'ETH-USD'][i % 2],
      price,
      best_bid: price,
      best_ask: price,
    }
    const timestamp = new Date(1_767_571_200_000 + 500 * i).toISOString()
    return JSON.stringify({
      channel: 'ticker',
      timestamp,
      sequence_num: i,
      events: [{ type: 'update', tickers: [ticker] }],
    })
  })
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

test("a demo's windows are those of its bronze, with their alerts; others on the topic are told", async () => {
  const config = readConfig()
  const [raw, out] = [[capture()], join(folder, 'out')]
  mkdirSync(join(out, 'data/processed'), { recursive: true })
  const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  try {
    await feedFiles({ streams, config, raw })
    const { final, alerts, late, file } = await foldWindows(streams, config, raw, out)
    expect(final).toBeGreaterThan(50)
    expect({ alerts, late }).toEqual({ alerts: { price_move: 1 }, late: 0 })
    expect(existsSync(file!)).toBe(true)
    const writer = await streams.writer('somebody')
    const [start, revision] = [1_767_571_140, 99]
    const row = { product: 'BTC-USD', start, end: start + 60, open: 1, close: 1, revision, final: true }
    const value = JSON.stringify({ ...row, volume: null, return_std: null })
    await writer.commit({ records: [{ topic: config.topics.windows.name, key: 'BTC-USD', value }] })
    await expect(foldWindows(streams, config, raw, out)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  } finally {
    await streams.close()
  }
})
