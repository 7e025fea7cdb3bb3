import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { Gap, MarketEvent, Micros } from '../../../src/core/events/event.ts'
import type { ConnectionFault } from '../../../src/exchange/connection_faults.ts'
import { marketMessages } from '../../../src/exchange/market_messages.ts'
import { type Simulator, startSimulator } from '../../../src/exchange/simulator.ts'
import { runIngestJob } from '../../../src/jobs/ingest/run.ts'
import { createBackfill } from '../../../src/market/backfill/backfill.ts'
import { createBronzeWriter } from '../../../src/market/bronze/write.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { OpenGaps, openGapAge } from '../../../src/market/decode/open_gaps.ts'
import { TradeIds } from '../../../src/market/decode/trade_ids.ts'
import { simulated } from '../../../src/market/feeds/simulated.ts'
import { parseTimestamp } from '../../../src/market/feeds/timestamp.ts'
import { createPublisher } from '../../../src/market/publisher.ts'
import { wallStamp } from '../../../src/market/socket/clock.ts'
import { simulatedAt, withProducts } from '../../fixtures/feeds.ts'
import { at, drop, settings, silentLog } from '../../fixtures/simulated_market.ts'
import { createMemoryStreams, type MemoryStreams } from '../../harness/memory_streams.ts'

const base = readConfig()
const config = withProducts(base, Object.keys(settings.products))
const folder = mkdtempSync(join(tmpdir(), 'backfill-restart-'))
const pace = { settle: 0, between: 0, timeout: 5000, retry: 1, attempts: 3 }

interface Dealt {
  product: string
  id: string
  time: Micros
}

const batches = [...marketMessages(settings)].flatMap(message =>
  message.channel === 'market_trades' ? [{ ...message, dealt: message.trades.map(json => dealtOf(json)) }] : [],
)

function dealtOf(json: string): Dealt {
  const { product_id, trade_id, time } = JSON.parse(json)
  return { product: product_id, id: trade_id, time: parseTimestamp(time)! }
}

/** Frames of trades are lost, as well as a stretch of everything. */
const lost = batches.filter(({ time }) => time > at(100)).filter((_, i) => i % 25 === 0)
const losses = lost.map(({ time }): ConnectionFault => ({ kind: 'loss', at: time }))
const faults = [
  [drop(60, 75, 'abrupt'), ...losses],
  [drop(65, 80, 'abrupt'), ...losses],
]

let simulator: Simulator
let whole: Buffer
let lines: { start: number; end: number; text: string }[]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function eventsOf(streams: MemoryStreams): MarketEvent[] {
  return streams.records(config.topics.raw.name).map(({ value }) => JSON.parse(value.toString()))
}

/** What lies in a gap, or just before one, has come, and nothing was filled in that was there already. */
function expectAllOnce(events: MarketEvent[]): { gaps: number; filled: number } {
  const gaps = events.filter(event => event.type === 'gap')
  const counts = new Map<string, number>()
  const filled: string[] = []
  for (const event of events) {
    if (event.type !== 'trade') continue
    const key = `${event.product} ${event.id}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (event.backfilled) filled.push(key)
  }
  const wanted = batches
    .flatMap(({ dealt }) => dealt)
    .filter(({ product, time }) =>
      gaps.some(gap => gap.product === product && time >= gap.from - 250_000 && time <= gap.to),
    )
  expect(wanted.filter(({ product, id }) => !counts.has(`${product} ${id}`))).toEqual([])
  expect(filled.filter(key => counts.get(key) !== 1)).toEqual([])
  return { gaps: gaps.length, filled: filled.length }
}

function filesOf(directory: string): string[] {
  return readdirSync(directory)
    .filter(name => name.endsWith('.ndjson'))
    .sort()
    .map(name => join(directory, name))
}

let runs = 0

/** Publishes what stands before the first place, dies, is started again when bronze goes to the second. */
async function restart(first: number, second: number, look?: (directory: string) => void) {
  const directory = join(folder, `${runs++}`)
  mkdirSync(directory)
  const file = join(directory, 'live.ndjson')
  const streams = createMemoryStreams()
  writeFileSync(file, whole.subarray(0, first))
  await createPublisher({ streams, config, bronze: { directory } }).publishAvailable()
  writeFileSync(file, whole.subarray(0, second))
  const asked: number[] = []
  for (let start = 0; start < 2; start++) {
    const bronze = createBronzeWriter({ directory, feed: 'simulated' })
    const stamp = wallStamp()
    const backfill = createBackfill({
      ...{ feed: simulated, url: simulator.rest, bronze, stamp, name: `backfill-${start}`, log: silentLog, pace },
    })
    const publisher = createPublisher({ streams, config, bronze: { directory }, onOpenGaps: backfill.ask })
    await publisher.publishAvailable()
    await backfill.close(10_000)
    bronze.close()
    await publisher.publishAvailable()
    await publisher.close()
    asked.push(backfill.counts.asked)
    expect(backfill.counts.failed).toBe(0)
  }
  const replayed: MarketEvent[] = []
  look?.(directory)
  for await (const { events } of readEvents(filesOf(directory), config)) replayed.push(...events)
  const live = eventsOf(streams)
  expect(live).toEqual(replayed)
  rmSync(directory, { recursive: true })
  return { ...expectAllOnce(live), asked }
}

describe.each([
  ['one connection', false],
  ['two connections', true],
])('%s', (_, redundant) => {
  beforeAll(async () => {
    simulator = await startSimulator({ settings, faults, clients: redundant ? 2 : 1 })
    const { files } = await runIngestJob({
      ...{
        config,
        feeds: [{ feed: simulatedAt(simulator.url, config) }],
        streams: createMemoryStreams(),
        log: silentLog,
      },
      redundant,
      directory: join(folder, 'live'),
      signal: new AbortController().signal,
    })
    whole = readFileSync(files[0])
    let answers = Buffer.alloc(0)
    await restart(whole.length, whole.length, directory => {
      answers = readFileSync(filesOf(directory)[1])
    })
    whole = Buffer.concat([whole, answers])
    let start = 0
    lines = whole
      .toString()
      .split('\n')
      .map(text => {
        const end = start + Buffer.byteLength(text) + 1
        const line = { start, end, text }
        start = end
        return line
      })
  })
  afterAll(() => simulator.close())

  test('killed anywhere around the answers of a back-fill, and started again: every missed trade once, nothing is asked twice', async () => {
    const about = lines.filter(({ text }) => text.includes('"backfill":'))
    expect(about.some(({ text }) => text.includes('"control":"filled"'))).toBe(true)
    const firsts = about.flatMap(({ start, end }) => [start, (start + end) >> 1, end - 1, end])
    let asked = 0
    for (const place of firsts.filter((_, i) => i % 79 === 0 || i >= firsts.length - 3)) {
      const outcome = await restart(place, place)
      expect(outcome.asked[1]).toBe(0)
      asked += outcome.asked[0]
    }
    expect(asked).toBeGreaterThan(10)
  })

  test('whatever was published of whatever bronze holds', async () => {
    const place = fc.integer({ min: lines[0].end, max: whole.length })
    await fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        const outcome = await restart(Math.min(one, other), Math.max(one, other))
        expect(outcome.asked[1]).toBe(0)
      }),
      { numRuns: 5, seed: 60 },
    )
  })
})

test('bronze without marks is no storm: at most a hundred gaps, none older than a day', () => {
  const hour = 3_600_000_000
  const gapAt = (hours: number): Gap => {
    const place = { feed: 'simulated', product: 'BTC-USD', connection: 'c', sequence: 0, index: 0, missing: null }
    const time = at(0) + hours * hour
    return { type: 'gap', ...place, reason: 'disconnect', time, received_at: time, from: time - hour, to: time }
  }
  const open = new OpenGaps()
  for (let i = 0; i < 300; i++) open.add(gapAt(i / 100))
  expect(open.list.map(({ to }) => to)).toEqual(Array.from({ length: 100 }, (_, i) => gapAt(2 + i / 100).to))
  open.add(gapAt(26.5))
  expect(open.list.map(({ to }) => to)).toEqual(
    [...Array.from({ length: 50 }, (_, i) => 2.5 + i / 100), 26.5].map(h => gapAt(h).to),
  )
  open.add({ ...gapAt(27), received_at: null })
  open.add(gapAt(26.5))
  expect(open.list).toHaveLength(51)
})

test('a gap that is older than a day by the clock of the start is not asked for', async () => {
  const directory = join(folder, 'old')
  const bronze = createBronzeWriter({ directory, feed: 'simulated' })
  const gap = { feed: 'simulated', product: 'BTC-USD', from: at(60), to: at(75), received_at: at(80) }
  const asked: number[] = []
  for (const age of [openGapAge, openGapAge + 1]) {
    const stamp = () => gap.received_at + age
    const backfill = createBackfill({
      ...{ feed: simulated, url: simulator.rest, bronze, stamp, name: 'late', log: silentLog, pace },
    })
    backfill.ask([gap])
    await backfill.close(5000)
    asked.push(backfill.counts.asked)
  }
  bronze.close()
  expect(asked[0]).toBeGreaterThan(0)
  expect(asked[1]).toBe(0)
})

test('with more holes than are remembered no trade counts as new twice', () => {
  const ids = new TradeIds()
  for (let id = 1; id <= 400; id += 2) expect(ids.add(`${id}`)).toBe(true)
  const again = Array.from({ length: 400 }, (_, i) => i + 1).filter(id => ids.add(`${id}`))
  expect(again.every(id => id % 2 === 0)).toBe(true)
  expect(again.at(-1)).toBe(400)
  expect(again.length).toBe(64)
  expect(Array.from({ length: 400 }, (_, i) => i + 1).some(id => ids.add(`${id}`))).toBe(false)
})
