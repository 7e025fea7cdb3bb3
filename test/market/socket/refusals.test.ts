import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { SpikeError } from '../../../src/errors.ts'
import type { BronzeWriter } from '../../../src/market/bronze/write.ts'
import { binance } from '../../../src/market/feeds/binance.ts'
import { coincapPrices } from '../../../src/market/feeds/coincap_prices.ts'
import type { Feed } from '../../../src/market/feeds/feed.ts'
import { ingest } from '../../../src/market/ingest.ts'
import type { IngestCounts } from '../../../src/market/ingest_options.ts'
import { localBackoff } from '../../../src/market/socket/backoff.ts'
import { silentLog } from '../../fixtures/simulated_market.ts'

/** Bronze that keeps nothing. */
const nowhere: BronzeWriter = {
  frame() {},
  control() {},
  flush() {},
  close() {},
  files: [],
  bytes: 0,
} as unknown as BronzeWriter

const listen = (feed: Feed, url: string, more: { secret?: string; limitMs?: number } = {}): Promise<IngestCounts> =>
  ingest({
    ...{ feed, url, products: ['BTCUSDT'], channels: feed.channels, bronze: nowhere, stamp: () => 1, start: 's' },
    ...{ staleAfterMs: 5000, backoff: localBackoff, acknowledgeWithinMs: 3000, log: silentLog, ...more },
  })

async function answering(status: number, body: string): Promise<{ url: string; asked(): number; close(): void }> {
  let asked = 0
  const server = createServer((_, response) => response.end())
  server.on('upgrade', (_, socket) => {
    asked++
    socket.end(`HTTP/1.1 ${status} no\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked: () => asked, close: () => server.close() }
}

test.each([
  [binance, 451, 'refuses this region (status 451); give --url wss://data-stream.binance.vision/stream'],
  [coincapPrices, 401, "does not take the login ('status 401'); set COINCAP_V3_API_KEY"],
  [binance, 403, "lets nobody in ('status 403'), and binance has no login"],
  [binance, 200, 'answers like a web page (status 200)'],
  [binance, 404, 'answers like a web page (status 404)'],
])('%o: status %d of the handshake is one line and one attempt', async (feed, status, line) => {
  const exchange = await answering(status, '<html>no</html>')
  const error = await listen(feed, exchange.url, { secret: 'made-up' }).catch((fault: SpikeError) => fault)
  exchange.close()
  expect((error as SpikeError).faults).toEqual([expect.stringContaining(line)])
  expect(exchange.asked()).toBe(1)
})

test('too many requests and a failing server are tried again, with waits that grow', async () => {
  for (const status of [429, 503]) {
    const exchange = await answering(status, '')
    await listen(binance, exchange.url, { limitMs: 300 })
    exchange.close()
    expect(exchange.asked()).toBeGreaterThan(2)
    expect(exchange.asked()).toBeLessThan(40)
  }
})

test('a key goes into a header, the products into the address, and the first frame stands for the acknowledgement', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const seen: { url?: string; headers: IncomingHttpHeaders }[] = []
  server.on('connection', (socket, request) => {
    seen.push(request)
    socket.send('{"BTCUSDT":"6929.82"}')
    socket.close(1000, 'end of market')
  })
  const key = `key-${Math.random()}`
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/prices`
  await expect(listen(coincapPrices, url, { secret: key })).resolves.toMatchObject({ frames: 1 })
  server.close()
  expect(seen).toMatchObject([{ url: '/prices?assets=BTCUSDT', headers: { authorization: `Bearer ${key}` } }])
})

test('a key that is wrong is one line: Unauthorized is no frame, and nobody asks again', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  let connections = 0
  server.on('connection', socket => {
    connections++
    socket.send('Unauthorized: key is not valid')
  })
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const error = await listen(coincapPrices, url, { secret: 'made-up' }).catch((fault: SpikeError) => fault)
  server.close()
  expect((error as SpikeError).message).toContain('COINCAP_V3_API_KEY')
  expect((error as SpikeError).message).not.toContain('made-up')
  expect(connections).toBe(1)
})
