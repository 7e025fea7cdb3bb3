import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type FinnhubServiceOptions, startFinnhubService } from '../../../src/exchange/finnhub_service.ts'
import { lastRecorded } from '../../../src/market/bronze/last_recorded.ts'
import { createBronzeWriter } from '../../../src/market/bronze/write.ts'
import { finnhub } from '../../../src/market/feeds/finnhub.ts'
import { simulatedOf } from '../../../src/market/feeds/simulated.ts'
import { ingest } from '../../../src/market/ingest.ts'
import type { IngestCounts, IngestOptions } from '../../../src/market/ingest_options.ts'
import { dayOf, daysToAsk } from '../../../src/market/poll/days.ts'
import { localBackoff } from '../../../src/market/socket/backoff.ts'

const tickers = ['AAPL', 'MSFT', 'TSLA']
const simulatedFinnhub = simulatedOf(finnhub)
const noon = Date.UTC(2026, 0, 5, 12) * 1000
const folder = mkdtempSync(join(tmpdir(), 'poll-'))
afterAll(() => rmSync(folder, { recursive: true }))
const services: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const service of services.splice(0)) await service.close()
})

async function serve(options: Partial<FinnhubServiceOptions> = {}) {
  const service = await startFinnhubService({ seed: 7, tickers, now: () => noon, callsPerMinute: 1000, ...options })
  services.push(service)
  return service
}

const quick = { ...simulatedFinnhub.poll!, every_s: 0.03, calls_per_minute: 60_000 }

/** Polls until so many answers have come. */
async function poll(url: string, answers: number, options: Partial<IngestOptions> = {}) {
  const bronze = createBronzeWriter({ directory: mkdtempSync(join(folder, 'raw-')), feed: 'simulated-finnhub' })
  const logged: string[] = []
  const stop = new AbortController()
  let [counts, failure]: [IngestCounts | null, Error | null] = [null, null]
  try {
    counts = await ingest({
      ...{ feed: { ...simulatedFinnhub, poll: quick }, url, products: tickers, channels: [], bronze, start: 's' },
      ...{ log: pino({ level: 'trace' }, { write: line => logged.push(line) }), stamp: () => noon, secret: 'any' },
      ...{ staleAfterMs: 5000, backoff: localBackoff, acknowledgeWithinMs: 5000, signal: stop.signal },
      onFrame: ({ frames }) => frames === answers && stop.abort(),
      ...options,
    })
  } catch (error) {
    failure = error as Error
  }
  bronze.close()
  const text = bronze.files.map(file => readFileSync(file, 'utf8')).join('')
  return { text, lines: text.trimEnd().split('\n'), logged: logged.join(''), counts, failure }
}

test('each ticker in turn; every answer is in bronze with what was asked', async () => {
  const service = await serve()
  const { lines, counts } = await poll(service.url, 7)
  expect(service.calls.slice(0, 7).map(({ symbol }) => symbol)).toEqual([...tickers, ...tickers, 'AAPL'])
  expect(counts).toMatchObject({ frames: 7, from: noon, to: noon })
  const { frame, feed } = JSON.parse(lines[0])
  expect([feed, frame.symbol, frame.to, frame.status]).toEqual(['simulated-finnhub', 'AAPL', '2026-01-05', 200])
  expect(frame.news.length).toBeGreaterThan(10)
})

test('calls are spread over the interval, and no more than the budget', async () => {
  const service = await serve()
  const began = performance.now()
  await poll(service.url, 4, {
    feed: { ...simulatedFinnhub, poll: { ...quick, every_s: 0.001, calls_per_minute: 1200 } },
  })
  expect(performance.now() - began).toBeGreaterThan(3 * 50 - 5)
})

test('too many calls: it waits, asks the next one, and goes on', async () => {
  const { text, logged, failure } = await poll((await serve({ faults: { 1: 429, 2: 429 } })).url, 6)
  expect(failure).toBeNull()
  expect(text.match(/"status":(429|200)/g)).toEqual([200, 429, 429, 200, 200, 200].map(status => `"status":${status}`))
  expect(logged).toContain('API limit reached')
})

test('an answer of HTML is kept as it came, and asked again', async () => {
  const { lines, failure } = await poll((await serve({ faults: { 0: '<html>\n"busy"</html>' } })).url, 2)
  expect(failure).toBeNull()
  expect(JSON.parse(lines[0]).frame.news).toBe('<html>\n"busy"</html>')
})

test('a wrong key ends the run in one line, after one call, and stands nowhere', async () => {
  const [key, wrong] = [randomUUID(), randomUUID()]
  const service = await serve({ key })
  const { text, logged, failure } = await poll(service.url, 9, { secret: wrong })
  expect(failure).toMatchObject({ code: 'BAD_ARGUMENT' })
  expect(failure!.message).toMatch(
    /^http:\S+ does not take the login .*Invalid API key.*; set SIMULATED_FINNHUB_API_KEY to .*$/,
  )
  expect(service.calls).toHaveLength(1)
  for (const place of [text, logged, failure!.message]) expect(place).not.toContain(wrong)
})

test('a service that says the key aloud does not bring it into bronze', async () => {
  const secret = randomUUID()
  const { text } = await poll((await serve({ faults: { 0: `{"you":"${secret}"}` } })).url, 2, { secret })
  expect(text).toContain('***')
  expect(text).not.toContain(secret)
})

test('nobody there: one line, when that was asked for', async () => {
  const { failure } = await poll('http://127.0.0.1:9', 1, { acknowledgeWithinMs: 20 })
  expect(failure).toMatchObject({ code: 'SOCKET_FAILED' })
  expect(failure!.message).toMatch(/^http:\S+: no news \(.*\); check the address and the network$/)
})

const time = (text: string) => 1000 * Date.parse(`${text}Z`)
const asked = (since: string, now: string) => daysToAsk(time(since), time(now)).map(dayOf)

test('a day is asked for until some hours of the next one are over', () => {
  expect(asked('2026-01-05T23:59', '2026-01-06T00:01')).toEqual(['2026-01-05', '2026-01-06'])
  expect(asked('2026-01-06T05:00', '2026-01-06T05:01')).toEqual(['2026-01-05', '2026-01-06'])
  expect(asked('2026-01-06T07:00', '2026-01-06T07:01')).toEqual(['2026-01-06', '2026-01-06'])
})

test('after a pause of days all of them are asked for, two at a time', async () => {
  expect(asked('2026-01-01T12:00', '2026-01-05T12:00')).toEqual(['2026-01-01', '2026-01-02'])
  const service = await serve()
  await poll(service.url, 5, { products: ['AAPL'], since: time('2026-01-02T09:00') })
  const spans = service.calls.slice(0, 5).map(({ from, to }) => `${from.slice(8)}-${to.slice(8)}`)
  expect(spans).toEqual(['02-03', '03-04', '04-05', '05-05', '05-05'])
})

test('the last recording of a folder is known by the names of its files', () => {
  const raw = mkdtempSync(join(folder, 'names-'))
  for (const name of [
    'finnhub-20260104T101112Z-finnhub',
    'finnhub-20260103T000000Z-finnhub',
    'polygon-20270101T000000Z-p',
  ])
    writeFileSync(join(raw, `${name}.ndjson`), '')
  expect(lastRecorded(raw, 'finnhub')).toBe(time('2026-01-04T10:11:12'))
  expect(lastRecorded(raw, 'coinbase')).toBeUndefined()
  expect(lastRecorded(join(raw, 'none'), 'finnhub')).toBeUndefined()
})
