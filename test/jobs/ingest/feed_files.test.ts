import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { productsOf, readConfig } from '../../../src/config.ts'
import { feedFiles } from '../../../src/jobs/ingest/feed_files.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { readAll } from '../../../src/streams/read_all.ts'
import { exchangeTicker, ticker } from '../../fixtures/wire.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'feeder-'))
let streams: Streams
afterEach(() => streams.close())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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

/** A file of quotes of one feed, a second apart. */
function saveQuotes(name: string, frameOf: (sequence: number, seconds: number) => string, from: number): string {
  const path = join(folder, `${name}.ndjson`)
  const lines = Array.from({ length: 50 }, (_, i) => `${frameOf(from + i, from + i)}\n`)
  writeFileSync(path, lines.join(''))
  return path
}

it('whose state is gone while its events stand, or whose files were fed before in another list, refuses and writes nothing', async () => {
  const memory = createMemoryStreams()
  streams = memory
  const [a, b] = [saveQuotes('a', ticker, 0), saveQuotes('b', ticker, 100)]
  await feedFiles({ streams, config, raw: [a] })
  const held = memory.records(config.topics.raw.name).length
  for (const raw of [
    [a, b],
    [b, a],
  ])
    await expect(feedFiles({ streams, config, raw })).rejects.toMatchObject({
      code: 'STATE_LOST',
      exit: 2,
      faults: [expect.stringContaining(`no state of 'feed --raw ${raw.join(' ')}', which would write them again`)],
    })
  memory.records(config.topics.state.name).splice(0)
  await expect(feedFiles({ streams, config, raw: [a] })).rejects.toMatchObject({ code: 'STATE_LOST' })
  expect(memory.records(config.topics.raw.name)).toHaveLength(held)
  expect((await feedFiles({ streams, config, raw: [b] })).events.quote).toBe(50)
})

it('refuses a raw topic that was made anew, and a state that is none', async () => {
  const memory = createMemoryStreams()
  const raw = [saveQuotes('a', ticker, 0)]
  await feedFiles({ streams: memory, config, raw })
  const anew = { ...memory, topics: async ([name]: string[]) => [{ name, partitions: 1, id: 'another' }] }
  await expect(feedFiles({ streams: anew, config, raw })).rejects.toMatchObject({
    ...{ code: 'TOPIC_MISMATCH', exit: 2 },
    faults: [expect.stringMatching(/^topic ticks\.raw was deleted and made anew since 'feeder /)],
  })
  const [{ key }] = memory.records(config.topics.state.name)
  const writer = await memory.writer('somebody')
  await writer.commit({ records: [{ topic: config.topics.state.name, key, value: 'garbage' }] })
  await expect(feedFiles({ streams: memory, config, raw })).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
})

it('of another feed does not mix with what an earlier one brought, stopped and started again as well', async () => {
  const memory = createMemoryStreams()
  streams = memory
  await feedFiles({ streams, config, raw: [saveQuotes('first', ticker, 0)] })
  const other = saveQuotes('other', exchangeTicker, 10)
  for (let calls = 0; calls < 20; calls++) {
    const stop = new AbortController()
    const { records } = await feedFiles({
      ...{ streams, config, raw: [other], rate: 100, stop: stop.signal },
      onProgress: () => stop.abort(),
    })
    if (records === 0) break
  }
  const events = memory.records(config.topics.raw.name).map(({ value }) => JSON.parse(value.toString()))
  expect(new Set(events.map(({ feed }) => feed))).toEqual(new Set(['coinbase']))
  const dead = memory.records(`${config.topics.raw.name}.dlq`).map(({ value }) => decodeDeadLetter(value).reason)
  expect(dead).toEqual(Array(50).fill('product_of_another_feed'))

  const session = config.time.session_reset_s
  const later = saveQuotes('later', exchangeTicker, 100 + session)
  expect((await feedFiles({ streams, config, raw: [later] })).events.quote).toBe(50)
})
