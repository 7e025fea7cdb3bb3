import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent, Trade } from '../../../src/core/events/event.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { startSimulator } from '../../../src/exchange/simulator.ts'
import { runIngestJob } from '../../../src/jobs/ingest/run.ts'
import { type Backfill, createBackfill } from '../../../src/market/backfill/backfill.ts'
import { parseBronzeLine } from '../../../src/market/bronze/line.ts'
import { type BronzeWriter, createBronzeWriter } from '../../../src/market/bronze/write.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import type { OpenGap } from '../../../src/market/decode/open_gaps.ts'
import { coinbase } from '../../../src/market/feeds/coinbase.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { rowsOf, settings as settingsOfRows } from '../../fixtures/events.ts'
import { simulatedAt, withProducts } from '../../fixtures/feeds.ts'
import { at, drop, settings, silentLog } from '../../fixtures/simulated_market.ts'
import { micros, ticker, trade, trades as tradesFrame } from '../../fixtures/wire.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'
import { type RestExchange, startRestExchange, status, trades } from '../../harness/rest_exchange.ts'

const config = readConfig()
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'backfill-'))
  cleanups.push(() => rmSync(directory, { recursive: true }))
  return directory
}

function bronzeIn(directory: string): BronzeWriter {
  const bronze = createBronzeWriter({ directory, feed: 'coinbase' })
  cleanups.unshift(() => bronze.close())
  return bronze
}

const pace = { settle: 0, between: 0, timeout: 10_000, retry: 1, attempts: 3 }

function asking(exchange: RestExchange, bronze: BronzeWriter, timeout = pace.timeout): Backfill {
  cleanups.push(() => exchange.close())
  const stamp = () => micros(100)
  return createBackfill({
    feed: coinbase,
    url: exchange.url,
    bronze,
    stamp,
    name: 'coinbase-test-backfill',
    log: silentLog,
    pace: { ...pace, timeout },
  })
}

function gap(from: number, to: number): OpenGap {
  return { feed: 'coinbase', product: 'BTC-USD', received_at: micros(to), from: micros(from), to: micros(to) }
}

const contents = (bronze: BronzeWriter) =>
  bronze.files.flatMap(file =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => parseBronzeLine(line)!),
  )

async function eventsOf(bronze: BronzeWriter): Promise<MarketEvent[]> {
  bronze.flush()
  const all: MarketEvent[] = []
  for await (const { events } of readEvents([...bronze.files], config)) all.push(...events)
  return all
}

function lateOf(events: MarketEvent[]): MarketEvent[] {
  const late: MarketEvent[] = []
  rowsOf(events, late)
  return late
}

test('the trades of a gap come as late events, marked, each once, and no row knows of them', async () => {
  const bronze = bronzeIn(folder())
  const quotes = Array.from({ length: 60 }, (_, i) => i)
  const put = (connection: string, seconds: number, text: string) => bronze.frame(connection, micros(seconds), text)
  for (const s of quotes.slice(0, 20)) put('c1', s, ticker(s, s))
  put('c1', 19.5, tradesFrame(20, 19.5, [trade('7', 19)]))
  for (const [i, s] of quotes.slice(30).entries()) put('c2', s, ticker(i, s))
  put('c2', 60, tradesFrame(30, 60, [trade('12', 30.5)]))
  const without = await eventsOf(bronze)
  const [lost] = without.filter(event => event.type === 'gap')

  const asked = await startRestExchange(
    // Newest first; 13 is after the gap, 12 and 7 came live, 6 was before it.
    trades(trade('13', 31), trade('12', 30.5), trade('10', 25), trade('9', 22)),
    trades(trade('9', 22), trade('8', 21), trade('7', 19), trade('6', 16)),
    trades(trade('9', 22)),
    trades(),
  )
  const backfill = asking(asked, bronze)
  backfill.ask([lost as OpenGap])
  await backfill.close(5000)

  const events = await eventsOf(bronze)
  const filled = events.filter((event): event is Trade => event.type === 'trade' && event.backfilled === true)
  expect(lost).toMatchObject({ from: micros(19), to: micros(30) })
  expect(asked.questions[0]).toMatchObject({ product: 'BTC-USD', start: micros(17) / 1e6, end: micros(30) / 1e6 })
  expect(filled.map(({ id, time, side }) => [id, time, side]).sort()).toEqual([
    ['10', micros(25), 'sell'],
    ['8', micros(21), 'sell'],
    ['9', micros(22), 'sell'],
  ])
  expect(events.filter(event => !filled.includes(event as Trade))).toEqual(without)
  expect(digestOf(rowsOf(events))).toBe(digestOf(rowsOf(without)))
  expect(lateOf(events)).toEqual([...lateOf(without), ...filled])
  const engines = new Engines(settingsOfRows, { row: () => {} })
  for (const event of events) engines.push(event)
  expect(engines.counts()['BTC-USD']).toMatchObject({ backfilled: 3, late: lateOf(without).length })
  // A new connection shows the last trades again: those that were filled in, one in the gap that was not, one of a second still open.
  for (const s of quotes.slice(0, 10)) put('c3', 61 + s, ticker(s, 61 + s))
  const shown = [trade('16', 70), trade('11', 26), trade('10', 25), trade('9', 22)]
  put('c3', 71, tradesFrame(10, 71, shown))
  const again = await eventsOf(bronze)
  expect(again.slice(events.length).flatMap(event => (event.type === 'trade' ? event.id : []))).toEqual(['16', '11'])
  const lateIds = lateOf(again).flatMap(event => (event.type === 'trade' ? event.id : []))
  expect(lateIds.sort()).toEqual(['10', '11', '12', '8', '9'])
  expect(
    contents(bronze)
      .filter(({ backfill }) => backfill)
      .every(({ connection }) => connection === 'coinbase-test-backfill'),
  ).toBe(true)
})

test('an exchange that answers with the oldest trades first is asked on from there', async () => {
  const bronze = bronzeIn(folder())
  const all = Array.from({ length: 25 }, (_, i) => trade(`${100 + i}`, 10 + i / 2))
  const timeOf = (one: object) => Date.parse((one as { time: string }).time) / 1000
  const exchange = await startRestExchange((request, response) => {
    const { searchParams } = new URL(request.url!, 'http://localhost')
    const [start, end] = ['start', 'end'].map(name => Number(searchParams.get(name)))
    const within = all.filter(one => timeOf(one) >= start && timeOf(one) <= end)
    response.end(JSON.stringify({ trades: within.slice(0, 7).reverse() }))
  })
  const backfill = asking(exchange, bronze)
  backfill.ask([gap(10, 22.4)])
  await backfill.close(5000)
  const ids = (await eventsOf(bronze)).flatMap(event => (event.type === 'trade' ? event.id : []))
  expect(ids.sort()).toEqual(all.map((_, i) => `${100 + i}`))
  expect(exchange.questions.length).toBeLessThan(12)
})

test.each([
  ['it fails for a while', [status(500), status(429, { 'retry-after': '0' }), trades(trade('1', 11))], 1, 0],
  ['it refuses', [status(400)], 0, 1],
  ['it fails for good', [status(503)], 0, 1],
  ['it does not answer', [() => {}], 0, 1],
  ['what it says is not JSON', [(_: unknown, response: { end(text: string): void }) => response.end('<html>')], 0, 1],
  [
    'what it says is no answer',
    [(_: unknown, response: { end(text: string): void }) => response.end('{"trades":7}')],
    0,
    1,
  ],
  [
    'it never stops talking',
    [
      (
        _: unknown,
        response: { write(text: string): boolean; on(name: string, go: () => void): void; destroyed: boolean },
      ) => {
        const talk = (): void => {
          while (!response.destroyed && response.write('x'.repeat(1 << 16)));
        }
        response.on('drain', talk)
        talk()
      },
    ],
    0,
    1,
  ],
] as const)('REST: %s', async (_, answers, filled, failed) => {
  const bronze = bronzeIn(folder())
  const exchange = await startRestExchange(...(answers as unknown as Parameters<typeof startRestExchange>))
  // Where an answer is to come, a busy machine may take its time.
  const backfill = asking(exchange, bronze, filled > 0 ? undefined : 300)
  backfill.ask([gap(10, 20)])
  await backfill.close(5000)
  expect(backfill.counts.failed).toBe(failed)
  expect(exchange.questions.length).toBeLessThanOrEqual(5)
  const events = bronze.files.length > 0 ? await eventsOf(bronze) : []
  expect(events.length).toBe(filled)
})

test('stopped while it waits for an answer it ends at once', async () => {
  const exchange = await startRestExchange(() => {})
  const backfill = asking(exchange, bronzeIn(folder()))
  backfill.ask([gap(10, 20)])
  backfill.ask([gap(10, 20), gap(30, 40)])
  while (exchange.questions.length === 0) await new Promise(go => setTimeout(go, 5))
  await backfill.close(0)
  expect(backfill.counts.failed).toBe(2)
})

test('the job asks after a gap; live and replay have the same events; without REST the rows are the same', async () => {
  const faults = [drop(60, 75, 'abrupt'), drop(120, 130, 'close')]
  async function run(withRest: boolean) {
    const simulator = await startSimulator({ settings, faults, speed: 100 })
    cleanups.push(() => simulator.close())
    const directory = folder()
    const streams = createMemoryStreams()
    const { files } = await runIngestJob({
      config: config,
      feeds: [
        {
          feed: simulatedAt(simulator.url, withProducts(config, Object.keys(settings.products))),
          rest: withRest ? simulator.rest : undefined,
        },
      ],
      directory,
      streams,
      log: silentLog,
      signal: new AbortController().signal,
    })
    const live: MarketEvent[] = streams.records(config.topics.raw.name).map(({ value }) => JSON.parse(value.toString()))
    const replayed: MarketEvent[] = []
    for await (const { events } of readEvents(files, config)) replayed.push(...events)
    expect(live).toEqual(replayed)
    return live
  }
  const [filled, plain] = await Promise.all([run(true), run(false)])
  const late = filled.filter((event): event is Trade => event.type === 'trade' && event.backfilled === true)
  expect(late.length).toBeGreaterThan(5)
  const outages = [
    [60, 75],
    [120, 130],
  ]
  for (const { time } of late)
    expect(outages.some(([from, to]) => time >= at(from - 2) && time <= at(to + 1))).toBe(true)
  const ids = filled.flatMap(event => (event.type === 'trade' ? `${event.product} ${event.id}` : []))
  expect(late.every(({ product, id }) => ids.filter(one => one === `${product} ${id}`).length === 1)).toBe(true)
  expect(rowsOf(filled)).toEqual(rowsOf(plain))
})
