import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import type { Gap, MarketEvent } from '../../src/core/events/event.ts'
import { type BronzeContent, parseBronzeLine } from '../../src/market/bronze/line.ts'
import { createBronzeWriter } from '../../src/market/bronze/write.ts'
import { readEvents } from '../../src/market/decode/events.ts'
import { coinbase } from '../../src/market/feeds/coinbase.ts'
import { ingest } from '../../src/market/ingest.ts'
import type { IngestCounts, IngestOptions } from '../../src/market/ingest_options.ts'
import { marketStamp } from '../../src/market/socket/clock.ts'
import { silentLog } from '../fixtures/simulated_market.ts'
import { micros, subscriptions, ticker } from '../fixtures/wire.ts'
import { type Guest, type HostileExchange, type Script, startHostileExchange } from './hostile_exchange.ts'

const config = readConfig()
export const products = config.feeds.find(({ name }) => name === coinbase.name)!.products.map(({ as }) => as)
const cleanups: (() => Promise<void> | void)[] = []

/** To be called after each test. */
export async function leave(): Promise<void> {
  for (const cleanup of cleanups.splice(0)) await cleanup()
}

export interface Outcome {
  counts: IngestCounts
  lines: BronzeContent[]
  /** Texts of the frames that are in bronze, without acknowledgements. */
  frames: string[]
  events: MarketEvent[]
  gaps: Gap[]
  dead: string[]
  exchange: HostileExchange
}

export const channels = ['ticker', 'heartbeats']

/** Ingests from an exchange that follows the scripts until one of them says that the market is over. */
export async function meet(scripts: Script[], overrides: Partial<IngestOptions> = {}, refusals = 0): Promise<Outcome> {
  const exchange = await startHostileExchange(scripts, refusals)
  const directory = mkdtempSync(join(tmpdir(), 'hostile-'))
  const bronze = createBronzeWriter({ directory, feed: 'coinbase' })
  cleanups.push(
    () => exchange.close(),
    () => bronze.close(),
    () => rmSync(directory, { recursive: true }),
  )
  const counts = await ingest({
    feed: coinbase,
    url: exchange.url,
    products,
    channels,
    bronze,
    stamp: marketStamp(undefined, micros(0)),
    start: 'test',
    staleAfterMs: 10_000,
    backoff: { first_ms: 1, limit_ms: 5, healthy_ms: 60_000 },
    acknowledgeWithinMs: 10_000,
    log: silentLog,
    ...overrides,
  })
  const lines = bronze.files.flatMap(file =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => parseBronzeLine(line)!),
  )
  const events: MarketEvent[] = []
  const dead: string[] = []
  for await (const decoded of readEvents([...bronze.files], config)) {
    events.push(...decoded.events)
    dead.push(...decoded.dead.map(({ reason }) => reason))
  }
  const frames = lines.flatMap(({ text }) => (text === undefined || text.includes('"subscriptions"') ? [] : [text]))
  return { counts, lines, frames, events, gaps: events.filter(event => event.type === 'gap'), dead, exchange }
}

export const over: Script = guest => guest.socket.close(1000, 'end of market')

/** Waits for the subscription and acknowledges it, one request after the other. */
export async function welcome(guest: Guest, seconds: number, served = products): Promise<void> {
  await guest.asked(channels.length)
  for (let i = 0; i < channels.length; i++) await guest.send(subscriptions(i, seconds, served))
}

/** A quote of each product at the time, numbered on from an acknowledged subscription. */
export function quotes(from: number, seconds: number): string[] {
  return products.map((product, i) => ticker(from + i, seconds, product))
}
