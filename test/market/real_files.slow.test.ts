/** Every file of real frames, of every feed, by the way of a live market and by that of a replay. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { decodeEvent } from '../../src/core/events/event_json.ts'
import { frameLine } from '../../src/market/bronze/line.ts'
import { readEvents } from '../../src/market/decode/events.ts'
import { createPublisher } from '../../src/market/publisher.ts'
import { digestOf } from '../../src/stores/digest.ts'
import { bronzeLinesOf, captureFile, lacksCaptures, writeBronze } from '../fixtures/captures.ts'
import { rowsOf } from '../fixtures/events.ts'
import { createMemoryStreams } from '../harness/memory_streams.ts'
import { needs } from '../harness/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'real-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** File, feed and the products of it that are taken. */
const files: [string, string, string[]][] = [
  ['coinbase-all-channels-24s.jsonl.zst', 'coinbase', ['BTC-USD', 'ETH-USD']],
  ['coinbase-ticker-2025-12-05.ndjson.gz', 'coinbase', ['BTC-USD']],
  ['coinbase-ticker-2025-12-06.ndjson.gz', 'coinbase', ['BTC-USD']],
  ['coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz', 'coinbase', ['BTC-USD', 'ETH-USD']],
  ['coinbase-ticker-2026-04-04T0319-btc-eth.ndjson.gz', 'coinbase', ['BTC-USD', 'ETH-USD']],
  ['coinbase-ticker-2026-04-04T2113.ndjson.gz', 'coinbase', ['BTC-USD']],
  ['coinbase-ticker-2026-04-04T2254.ndjson.gz', 'coinbase', ['BTC-USD']],
  ['coinbase-exchange-2025-11-legacy.ndjson.gz', 'coinbase-exchange', ['BTC-USD']],
  ['binance-spot-30s.jsonl.zst', 'binance', ['NKNUSDT', 'BLZETH', 'LRCBTC', 'RUNEEUR']],
  ['binance-delivery-30s.jsonl.zst', 'binance', ['ETCUSD_PERP', 'XRPUSD_PERP', 'ETHUSD_210924']],
  ['binance/spot_streams_btcusdt_2024-08-08.txt.gz', 'binance', ['BTCUSDT']],
  ['binance/spot_streams_ethusdt_2024-08-08.txt.gz', 'binance', ['ETHUSDT']],
  ['binance/binance_futures_ws_2021.txt.gz', 'binance', ['SUSHIUSDT', 'CTKUSDT', 'AKROUSDT', 'KEEPUSDT']],
  ['polygon-trades-4.ndjson', 'polygon', ['TSLA', 'AMZN']],
  ['coincap-trades-5.ndjson', 'coincap', ['bitcoin', 'enzyme', 'terra-luna', 'xrp', 'safepal']],
  ['finnhub-company-news-aapl.json', 'finnhub', ['AAPL']],
]

/** A saved answer of the news service as a poll of it would have recorded it. */
function newsLine(path: string): string {
  const news = JSON.parse(readFileSync(path, 'utf8'))
  const frame = { symbol: 'AAPL', from: '2020-12-01', to: '2026-11-30', status: 200, news }
  return frameLine('finnhub', 'a', Date.UTC(2026, 10, 30) * 1000, JSON.stringify(frame))
}

describe('real files', needs(lacksCaptures), () => {
  const table: object[] = []
  afterAll(() => console.table(table))

  test.each(files)('%s', async (name, feed, products) => {
    const directory = mkdtempSync(join(folder, 'a-'))
    const listed = products.map(product => ({ as: product, symbol: product }))
    const config: Config = { ...readConfig(), feeds: [{ name: feed, products: listed, stale_after_s: 10 }] }
    const lines = feed === 'finnhub' ? [newsLine(captureFile(name))] : await bronzeLinesOf(captureFile(name))
    const path = writeBronze(directory, 'recorded', lines)
    const streams = createMemoryStreams()
    const publisher = createPublisher({ streams, config, bronze: { directory } })
    const { events, dead, left_out, records } = await publisher.publishAvailable()
    await publisher.close()
    const topic = feed === 'finnhub' ? config.topics.news : config.topics.raw
    const live = streams.records(topic.name).map(({ value }) => decodeEvent(value.toString()) as MarketEvent)
    const replayed: MarketEvent[] = []
    for await (const { events: some } of readEvents([path], config)) replayed.push(...some)
    const byProduct = (all: MarketEvent[]) => [...Map.groupBy(all, ({ product }) => product)]
    expect(byProduct(live)).toEqual(byProduct(replayed))
    const rows = rowsOf(live)
    expect(digestOf(rows)).toBe(digestOf(rowsOf(replayed)))
    expect(live.length).toBeGreaterThan(0)
    const { quote, trade, clock, candle, news, gap } = events
    const others = Object.entries(left_out).map(([reason, { count }]) => `${reason} ${count}`)
    table.push({
      ...{ file: name, lines: records, quote, trade, clock, candle, news, gap, rows: rows.rows },
      ...{
        dead: Object.entries(dead)
          .map(([reason, count]) => `${reason} ${count}`)
          .join(),
        left_out: others.join(', '),
      },
    })
  })
})
