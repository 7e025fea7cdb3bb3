import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import {
  candlesBody,
  healthBody,
  portfolioBody,
  predictionsBody,
  quoteBody,
  windowsBody,
} from '../../src/serve/bodies.ts'
import { type Serving, serve } from '../../src/serve/serve.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Outgoing, Streams } from '../../src/streams/port.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-serve-'))
const config = readConfig()
const stop = new AbortController()
const time = 1_767_571_200_000_000
let streams: Streams
let serving: Serving

const trade = {
  type: 'trade',
  feed: 'simulated',
  product: 'BTC-USD',
  time,
  received_at: time,
  connection: 'c',
  sequence: 7,
}
const span = { product: 'BTC-USD', start: time / 1e6, end: time / 1e6 + 60, open: 1, high: 3, low: 1, close: 2 }
const candle = { ...span, volume: '1.5', trades: 2, source: 'trades', revision: 1, final: false }
const window = { ...candle, notional: '2', vwap: 1.5, moving_average: 1.5, price_std: null, return_std: null }
const said = { product: 'BTC-USD', time, model: 'ridge', probability: 0.31, alarm: true, tau: 0.0005 }
const records: Outgoing[] = [
  [config.topics.raw.name, { ...trade, index: 0, id: '1', price: '67000.5', size: '0.25', side: 'buy' }],
  [config.topics.candles.name, candle],
  [config.topics.windows.name, window],
  ['ticks.predictions', said],
  [config.topics.settled.name, { ...said, sigma_future: 0.001, label: 1 }],
].map(([topic, value]) => ({ topic: topic as string, key: 'BTC-USD', value: JSON.stringify(value) }))

async function write(more: Outgoing[]): Promise<void> {
  const writer = await streams.writer('test')
  await writer.commit({ records: more })
  await writer.close()
}

beforeAll(async () => {
  streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  const { signals: _, ledger: __, anomalies: ___, ...made } = config.topics
  await streams.createTopics([...Object.values(made), { name: 'ticks.predictions', partitions: 2 }])
  await write(records)
  const guard = { hosts: ['desk.example'], origins: ['https://friend.example'], proxies: ['127.0.0.1'] }
  const place = { host: '127.0.0.1', port: 0, version: '0', predictions: 'ticks.predictions' }
  serving = await serve({ config, streams, guard, stop: stop.signal, ...place })
  await vi.waitFor(async () => expect((await get('/quotes/BTC-USD')).status).toBe(200))
})
afterAll(async () => {
  stop.abort()
  await serving.close()
  await serving.done
  await streams.close()
  rmSync(folder, { recursive: true, force: true })
})

let clients = 0
/** Each as another client behind the proxy, unless it says who it is. */
async function get(path: string, headers: Record<string, string> = {}) {
  const from = { 'x-forwarded-for': `10.0.${clients >> 8}.${clients++ & 255}` }
  const answer = await fetch(`${serving.url}${path}`, { headers: { ...from, ...headers } })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.startsWith('application/json')
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
}

/** With any Host and method, which fetch does not let through. */
function raw(options: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(serving.url)
    const asked = request({ hostname, port, path: '/health', ...options }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('the API', () => {
  test('each body is as its schema says, and says that it is simulated', async () => {
    const bodies = {
      '/health': healthBody,
      '/quotes/btc-usd': quoteBody,
      '/candles/BTC-USD': candlesBody,
      '/windows/BTC-USD?length=60': windowsBody,
      '/predictions/BTC-USD': predictionsBody,
      '/portfolio': portfolioBody,
    }
    for (const [path, schema] of Object.entries(bodies)) {
      const { status, body } = await get(path)
      expect([path, status, body.simulated]).toEqual([path, 200, true])
      schema.strict().parse(body)
    }
    const { body } = await get('/quotes/BTC-USD')
    expect(body).toMatchObject({ ticker: 'BTC-USD', price: 67_000.5, volume: 0.25, sequence_number: 7 })
    const { body: predicted } = await get('/predictions/BTC-USD')
    expect(predicted).toMatchObject({
      model: 'ridge',
      latest: { probability: 0.31 },
      turned_out: { settled: 1, spikes: 1 },
    })
  })

  test('its metrics say how often it answered and how long that took, by route, not by address', async () => {
    const samplesOf = (name: string) => serving.metrics().find(metric => metric.name === name)!.samples
    const answers = (route: string): number =>
      samplesOf('api_request_duration_seconds').find(({ part, labels }) => part === 'count' && labels?.route === route)
        ?.value ?? 0
    const before = { quotes: answers('/quotes/{ticker}'), other: answers('other') }
    for (const path of ['/quotes/BTC-USD', '/quotes/XYZ', '/a', '/b']) await get(path)
    await vi.waitFor(() => {
      expect(answers('/quotes/{ticker}')).toBe(before.quotes + 2)
      expect(answers('other')).toBe(before.other + 2)
    })
    const [{ labels, value }] = samplesOf('api_requests_total')
    expect([labels, value > 0]).toEqual([{ status: '200' }, true])
    expect(samplesOf('api_ready')).toEqual([{ value: 1 }])
    expect(serving.notReady()).toBeNull()
    expect(samplesOf('api_lag_records')).toContainEqual({ labels: { topic: config.topics.raw.name }, value: 0 })
  })

  test('what does not exist is 404, what is wrong 422 with the reason, what no job writes 503', async () => {
    expect((await get('/quotes/XYZ')).body).toEqual({ error: 'XYZ is not known', known: ['BTC-USD'] })
    expect((await get('/nothing')).status).toBe(404)
    const away = await get('/anomalies/BTC-USD')
    expect([away.status, away.body]).toEqual([503, { error: `there is no topic ${config.topics.anomalies.name} yet` }])
    for (const path of ['hours=0', 'hours=169', 'hours=1.5', 'hours=x', 'hours=']) {
      const { status, body } = await get(`/sentiment/BTC-USD?${path}`)
      expect([path, status, body.error]).toEqual([path, 422, 'hours: takes a whole number, 1 to 168'])
    }
    expect((await get('/sentiment/BTC-USD?hours=1&hours=2')).body.error).toBe('hours: stands twice')
    for (const path of ['/quotes/%00', '/quotes/%ff', `/quotes/${'A'.repeat(65)}`, '/quotes/__proto__'])
      expect([path, (await get(path)).status]).toEqual([path, 422])
    expect((await get(`/quotes/${'A'.repeat(3000)}`)).status).toBe(414)
  })

  test('caches as long as each route says; the 101st request of a client in a minute is 429, /health is free', async () => {
    const me = { 'x-forwarded-for': '192.0.2.1' }
    expect((await get('/aggregations/BTC-USD', me)).headers.get('cache-control')).toBe('max-age=5')
    expect((await get('/signals/BTC-USD', me)).headers.get('cache-control')).toBe('no-store')
    for (let i = 2; i < 100; i++) expect((await get('/quotes/BTC-USD', me)).status).toBe(200)
    const refused = await get('/portfolio', me)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30)
    expect(refused.headers.get('ratelimit-remaining')).toBe('0')
    expect((await get('/health', me)).status).toBe(200)
    expect((await get('/portfolio', { 'x-forwarded-for': '192.0.2.2' })).status).toBe(200)
  })

  test('another Host, a method or a body that has no place here are refused; other pages read it only where they are listed', async () => {
    expect(await raw({ headers: { host: 'evil.example' } })).toBe(403)
    expect(await raw({ headers: { host: 'desk.example:8000' } })).toBe(200)
    expect(await raw({ method: 'POST' })).toBe(405)
    expect(await raw({ headers: { 'content-length': '1' } })).toBe(413)
    const origin = async (one: string) =>
      (await get('/health', { origin: one })).headers.get('access-control-allow-origin')
    expect(await origin('https://evil.example')).toBeNull()
    expect(await origin('https://friend.example')).toBe('https://friend.example')
    const { headers } = await get('/docs')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('/openapi.json names each route with its parameters', async () => {
    const { body } = await get('/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths)).toContain('/sentiment/{ticker}')
    const [ticker, hours] = body.paths['/sentiment/{ticker}'].get.parameters
    expect(ticker).toMatchObject({ name: 'ticker', in: 'path', required: true })
    expect(hours).toMatchObject({ name: 'hours', schema: { minimum: 1, maximum: 168, default: 24 } })
  })

  test('a stream goes on after its last id, without a record missed or doubled', async () => {
    const first = await readEvents({}, 1)
    await write([{ ...records[3], value: JSON.stringify({ ...said, time: time + 1e6 }) }])
    await write([{ ...records[3], value: JSON.stringify({ ...said, time: time + 2e6 }) }])
    const second = await readEvents({ 'last-event-id': first.id }, 2)
    expect(second.times).toEqual([time + 1e6])
    const third = await readEvents({ 'last-event-id': second.id }, 2)
    expect(third.times).toEqual([time + 2e6])
    expect((await get('/events', { 'last-event-id': 'rubbish' })).status).toBe(422)
    expect((await get('/events?product=XYZ')).status).toBe(404)
  })
})

/** The first `count` events of a stream, the greeting included. */
async function readEvents(headers: Record<string, string>, count: number): Promise<{ id: string; times: number[] }> {
  const end = new AbortController()
  const { body } = await fetch(`${serving.url}/events`, { headers, signal: end.signal })
  let text = ''
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.split('\n\n').length > count) break
  }
  end.abort()
  const blocks = text.split('\n\n').slice(0, count)
  return {
    id: /^id: (.*)$/m.exec(blocks.at(-1)!)![1],
    times: blocks.flatMap(block =>
      /^event: prediction$/m.test(block) ? JSON.parse(/^data: (.*)$/m.exec(block)![1]).time : [],
    ),
  }
}
