import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { SpikeError } from '../../../src/errors.ts'
import { type EventReader, readEvents } from '../../../src/market/decode/events.ts'
import { captureFile, lacksCaptures } from '../../fixtures/captures.ts'
import { simulatedCaptures } from '../../fixtures/simulated_captures.ts'
import { needs } from '../../harness/needs.ts'

interface Seen {
  reader: EventReader
  connections: Set<string>
  from: number
  to: number
}

const read = (...paths: string[]): Promise<Seen> => readWith(null, ...paths)

/** @param feed beside those of the config. */
async function readWith(feed: { name: string; products: string[] } | null, ...paths: string[]): Promise<Seen> {
  const config = readConfig()
  const more = feed && { ...feed, products: feed.products.map(name => ({ as: name, symbol: name })), stale_after_s: 10 }
  const reader = readEvents(paths, { ...config, feeds: [...config.feeds, ...(more ? [more] : [])] })
  const seen = { reader, connections: new Set<string>(), from: Number.POSITIVE_INFINITY, to: 0 }
  for await (const { events } of reader) {
    for (const event of events) {
      seen.connections.add(event.connection)
      seen.from = Math.min(seen.from, event.time)
      seen.to = Math.max(seen.to, event.time)
    }
  }
  return seen
}

/** File, lines, quotes, sequence gaps: as counted by other means (zcat, wc and a walk over sequence_num). */
const tickers: [string, number, number][] = [
  ['coinbase-ticker-2026-04-04T2113.ndjson.gz', 3108, 1],
  ['coinbase-ticker-2025-12-05.ndjson.gz', 8174, 0],
  ['coinbase-ticker-2025-12-06.ndjson.gz', 53332, 0],
  ['coinbase-ticker-2026-04-04T2254.ndjson.gz', 10881, 0],
  ['coinbase-ticker-2026-04-04T0319-btc-eth.ndjson.gz', 2500, 2 * 629],
  ['coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz', 30123, 0],
]

/** File, frames, events by kind, what else it holds: as counted by other means (zcat and a walk over `e` and `k.x`). */
const binanceFiles: [string, number, object, object][] = [
  [
    'binance-spot-30s.jsonl.zst',
    265,
    { quote: 83, trade: 2, clock: 2, candle: 0 },
    { 'channel depthUpdate': 177, 'product BLZETH': 1, 'unfinished candle': 2 },
  ],
  [
    'binance/spot_streams_btcusdt_2024-08-08.txt.gz',
    41_249,
    { quote: 28_040, trade: 9757, clock: 0, candle: 0 },
    { 'channel depthUpdate': 3451, snapshot: 1 },
  ],
  [
    'binance/spot_streams_ethusdt_2024-08-08.txt.gz',
    33_618,
    { quote: 24_077, trade: 6106, clock: 0, candle: 0 },
    { 'channel depthUpdate': 3434, snapshot: 1 },
  ],
  [
    'binance/binance_futures_ws_2021.txt.gz',
    1535,
    { quote: 613, trade: 91, clock: 63, candle: 4 },
    { 'channel depthUpdate': 764, 'unfinished candle': 63, not_json: 1 },
  ],
]

const readReal = (...names: string[]): Promise<Seen> => read(...names.map(captureFile))

it.each(simulatedCaptures())('$name: what was put into it', async ({ path, lines, quotes, clocks, gaps }) => {
  const { reader } = await read(path)
  expect(reader.lines).toEqual({ lines, bytes: expect.any(Number), torn: 0, passed: 0, notes: [] })
  expect(reader.counters).toMatchObject({ events: { quote: quotes, clock: clocks, gap: gaps }, dead: {}, rejected: 0 })
})

describe('captures of real markets', needs(lacksCaptures), () => {
  it.each(tickers)('%s: every line is a quote', async (name, lines, gaps) => {
    const { reader, connections } = await readReal(name)
    expect(reader.lines).toEqual({ lines, bytes: expect.any(Number), torn: 0, passed: 0, notes: [] })
    expect(reader.counters).toMatchObject({
      frames: lines,
      events: { quote: lines, trade: 0, clock: 0, gap: gaps },
      gaps: { sequence: gaps },
      dead: {},
      rejected: 0,
    })
    expect(connections.size).toBe(1)
  })

  it('the older feed: tickers are quotes and trades', async () => {
    const { reader } = await readReal('coinbase-exchange-2025-11-legacy.ndjson.gz')
    expect(reader.counters).toMatchObject({ frames: 6000, events: { quote: 5996, trade: 5996, gap: 0 }, dead: {} })
  })

  it('all channels: trades and clocks too, no hole', async () => {
    const { reader } = await readReal('coinbase-all-channels-24s.jsonl.zst')
    expect(reader.counters).toMatchObject({ frames: 1030, events: { quote: 160, clock: 50, gap: 0 }, dead: {} })
  })

  it('files of several days run in order, with a disconnect between recordings', async () => {
    const { reader, from, to } = await readReal(
      'coinbase-ticker-2025-12-06.ndjson.gz',
      'coinbase-ticker-2025-12-05.ndjson.gz',
    )
    expect(reader.counters.gaps).toMatchObject({ sequence: 0, disconnect: 1, stale: 0 })
    expect(new Date(from / 1000).toISOString()).toBe('2025-12-05T20:33:01.669Z')
    expect(new Date(to / 1000).toISOString()).toBe('2025-12-06T07:41:40.829Z')
  })

  it('two of one recording are refused', async () => {
    const names = tickers.map(([name]) => name).filter(name => name.includes('T0319'))
    await expect(readReal(...names)).rejects.toMatchObject({ code: 'OVERLAPPING_FILES' } satisfies Partial<SpikeError>)
  })

  it.each(binanceFiles)('%s: every frame is told', async (name, frames, events, other) => {
    const { reader } = await readWith({ name: 'binance', products: binanceProducts }, captureFile(name))
    const { counters } = reader
    expect(counters).toMatchObject({ frames, events: { gap: 0, ...events }, rejected: 0 })
    const kinds = Object.entries(counters.left_out).map(([reason, { count }]) => [reason, count])
    expect(Object.fromEntries(kinds)).toEqual(other)
  })
})

const binanceProducts = ['BTCUSDT', 'ETHUSDT', 'NKNUSDT', 'LRCBTC', 'SUSHIUSDT', 'CTKUSDT', 'AKROUSDT', 'KEEPUSDT']
