import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { productsOf, readConfig } from '../../../src/config.ts'
import { feedFiles } from '../../../src/jobs/ingest/feed_files.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { readAll } from '../../../src/streams/read_all.ts'

const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'feeder-'))
let streams: Streams
afterEach(async () => {
  await streams.close()
  rmSync(folder, { recursive: true, force: true })
})

function saveFrames(frames: number): string {
  const path = join(folder, 'frames.ndjson')
  const lines = Array.from({ length: frames }, (_, i) => {
    const timestamp = new Date(1_767_571_200_000 + 200 * i).toISOString()
    const ticker = {
      type: 'ticker',
      product_id: ['BTC-USD', 'ETH-USD'][i % 2],
      price: '1',
      best_bid: '1',
      best_ask: '2',
    }
    return JSON.stringify({
      channel: 'ticker',
      timestamp,
      sequence_num: i,
      events: [{ type: 'update', tickers: [ticker] }],
    })
  })
  lines.splice(100, 0, '{broken')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

it('puts each event on the topic once, stopped at any moment and started again', async () => {
  const path = saveFrames(30_000)
  streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  let calls = 0
  let records = 0
  for (; records < 30_001; calls++) {
    const stop = new AbortController()
    const published = await feedFiles({
      streams,
      config,
      raw: [path],
      stop: stop.signal,
      onProgress: () => stop.abort(),
    })
    expect(published.records).toBeGreaterThan(0)
    records += published.records
  }
  expect(calls).toBeGreaterThan(3)
  expect((await feedFiles({ streams, config, raw: [path] })).records).toBe(0)

  const expected = new Map<string, string[]>(productsOf(config).map(product => [product, []]))
  for await (const { events } of readEvents([path], config))
    for (const event of events) expected.get(event.product)!.push(JSON.stringify(event))
  const found = new Map<string, string[]>(productsOf(config).map(product => [product, []]))
  for await (const batch of readAll(streams, config.topics.raw.name))
    for (const { key, value } of batch) found.get(key)!.push(value.toString())
  expect(found).toEqual(expected)
  const dead = (await streams.ends(`${config.topics.raw.name}.dlq`)).reduce((sum, end) => sum + end.offset, 0)
  expect(dead).toBe(1)
})
