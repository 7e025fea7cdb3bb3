/** Whatever stands in a saved file or comes over a socket: nothing throws, and each line is accounted for. Seeded. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Config, readConfig } from '../../../src/config.ts'
import { eventSchema } from '../../../src/core/events/event_schema.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { SpikeError } from '../../../src/errors.ts'
import { controlLine, frameLine } from '../../../src/market/bronze/line.ts'
import { readRaw } from '../../../src/market/bronze/raw.ts'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import { decoderOptions } from '../../../src/market/decode/decoder_options.ts'
import { feeds } from '../../../src/market/feeds/feeds.ts'
import { settings } from '../../fixtures/events.ts'
import { feedCases } from '../../fixtures/feed_cases.ts'
import { exchangeTicker, heartbeat, iso, micros, subscriptions, ticker, trade, trades } from '../../fixtures/wire.ts'

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
afterAll(() => rmSync(folder, { recursive: true }))
/** Every feed, so that what its frames say becomes events. */
const symbols = [
  ...feedCases.map(({ feed: { name }, symbol }) => ({ name, symbol })),
  { name: 'finnhub', symbol: 'AAPL' },
]
const config: Config = {
  ...readConfig(),
  feeds: symbols.map(({ name, symbol }) => ({
    ...{ name, products: [{ as: `${symbol}.${name}`, symbol }], stale_after_s: 10 },
  })),
}
const seed = 20_261_130
const path = join(folder, 'a')
const runs = 50

/** One of every shape that the feeds read, and some that they do not. */
const shapes: string[] = [
  ticker(7, 7),
  ticker(8, 8, 'ETH-USD', { best_bid: 100.4, best_ask: 1e-7, price: null }),
  trades(9, 9, [trade('1', 9), trade('2', 9, 'ETH-USD', { side: 'SELL' }), trade('3', 9)]),
  heartbeat(10, 10),
  subscriptions(11, 11, ['BTC-USD', 'ETH-USD']),
  ticker(12, 12).replace('"ticker"', '"level2"'),
  exchangeTicker(13, 13),
  JSON.stringify({
    type: 'match',
    sequence: 14,
    product_id: 'BTC-USD',
    time: iso(14),
    trade_id: 5,
    price: '1',
    size: '2',
  }),
  JSON.stringify({ type: 'heartbeat', sequence: 15, product_id: 'BTC-USD', time: iso(15) }),
  JSON.stringify({ type: 'subscriptions', channels: [{ name: 'ticker', product_ids: ['BTC-USD'] }] }),
  JSON.stringify({ type: 'l2update', product_id: 'BTC-USD', changes: [] }),
  JSON.stringify({ type: 'error', message: 'no', reason: 'such product' }),
  JSON.stringify({ trades: [trade('9', 9)], best_bid: '1', best_ask: '2' }),
  ...feedCases
    .flatMap(({ frames, answers: { taken, refused } }) => [...frames.map(({ text }) => text), taken ?? '{}', refused])
    .filter(text => /^[[{]/.test(text)),
  JSON.stringify({ symbol: 'AAPL', from: iso(0), to: iso(9), status: 200, news: [article(1), article(2, 'MSFT')] }),
  JSON.stringify([article(3), article(4)]),
]

function article(id: number, related = 'AAPL'): object {
  const text = { headline: `News ${id}`, source: 'Wire', summary: '', url: 'https://example.com/1', image: '' }
  return { ...text, category: 'company', datetime: Math.floor(micros(id) / 1e6), id, related }
}

/** What a field may be that should be something else. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    ...['', ' ', '0x10', '1e400', '-1', 'NaN', '__proto__', 'BTC-USD', 'buy', iso(3), '2026-01-05', '1'.repeat(100)],
    ...[-1, 0, 1e21, 2 ** 53, 1.5, null, true, [], {}, [[[]]], Array(30).fill(0), Array(30).fill({})],
  ),
)

/** A frame with up to three of its parts replaced, left out or doubled, at any depth. */
const mutated = fc
  .record({
    shape: fc.constantFrom(...shapes),
    changes: fc.array(fc.record({ at: fc.nat(40), how: fc.nat(3), value: odd }), { maxLength: 3 }),
  })
  .map(({ shape, changes }) => {
    const frame = JSON.parse(shape)
    for (const { at, how, value } of changes) {
      const [holder, key] = partsOf(frame)[at % partsOf(frame).length] ?? []
      if (holder === undefined) break
      if (how === 0) delete holder[key]
      else if (how === 1) holder[key] = [holder[key], holder[key]]
      else
        Object.defineProperty(holder, key, {
          value: structuredClone(value),
          enumerable: true,
          configurable: true,
          writable: true,
        })
    }
    return JSON.stringify(frame)
  })

function partsOf(value: unknown): [holder: Record<string, unknown>, key: string][] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap(key => [[holder, key] as [typeof holder, string], ...partsOf(holder[key])])
}

const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes).toString('latin1')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.tuple(mutated, fc.nat(200)).map(([text, at]) => text.slice(0, at)),
  fc.tuple(mutated, fc.nat(200)).map(([text, at]) => text.slice(at)),
)

const message = fc.oneof(
  { weight: 6, arbitrary: mutated },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }).map(value => JSON.stringify(value)) },
  { weight: 1, arbitrary: garbage },
)

/** A line of a file: a frame by itself, wrapped, behind a prefix, or bronze of any connection, role or control. */
const line = fc
  .record({
    text: message,
    way: fc.nat(9),
    feed: fc.constantFrom(...feeds.map(({ name }) => name), 'none'),
    connection: fc.constantFrom('a', 'b', ''),
    at: fc.integer({ min: -400, max: 400 }),
    role: fc.constantFrom(undefined, undefined, 'primary' as const, 'standby' as const),
    control: fc.constantFrom('open' as const, 'close' as const, 'stale' as const, 'filled' as const),
  })
  .map(({ text, way, feed, connection, at, role, control }) => {
    const span = { product: 'BTC-USD', from: micros(0), to: micros(20) }
    if (way < 4) return frameLine(feed, connection, micros(at), text, { role })
    if (way === 4) return frameLine(feed, connection, micros(at), text, { role, backfill: span })
    if (way === 5)
      return controlLine(feed, connection, micros(at), control, {
        role,
        backfill: control === 'filled' ? span : undefined,
      })
    if (way === 6) return JSON.stringify({ ts: micros(at) / 1e6, pair: 'x', raw: text })
    if (way === 7) return JSON.stringify({ t: at % 3 ? 'recv' : 'sent', ts: at, conn: connection, data: text })
    if (way === 8) return `${iso(Math.abs(at))} ${text}`
    return text
  })

/** Reads a file and decodes it: every line becomes events, dead letters, or something with a reason. */
async function account(text: string | Buffer): Promise<void> {
  writeFileSync(path, text)
  const reader = readRaw([path])
  const decoder = createDecoder(decoderOptions(config))
  const engines = new Engines(settings, { row: () => {} })
  let records = 0
  let events = 0
  try {
    for await (const record of reader) {
      records++
      const { events: found, dead, ignored } = decoder.decode(record)
      expect(found.length + dead.length + ignored.size).toBeGreaterThan(0)
      for (const event of found) {
        const checked = eventSchema.safeParse(JSON.parse(JSON.stringify(event)))
        expect(checked.error?.issues, JSON.stringify(event)).toBeUndefined()
        engines.push(event)
      }
      events += found.length
    }
  } catch (error) {
    if (!(error instanceof SpikeError)) throw error
    expect(['BAD_FILE', 'OVERLAPPING_FILES']).toContain(error.code)
    expect(error.faults.join('').split('\n')).toHaveLength(1)
    return
  }
  const { lines, torn, passed } = reader.counts
  expect(records).toBe(lines - torn - passed)
  const { left_out, dead, skipped, events: given } = decoder.counters
  expect(sum(given) + decoder.counters.withdrawn).toBe(events)
  for (const [reason, count] of Object.entries(dead)) expect(left_out[reason].count).toBe(count)
  const products = Object.entries(left_out).filter(([reason]) => reason.startsWith('product '))
  expect(products.reduce((total, [, { count }]) => total + count, 0)).toBe(sum(skipped))
  for (const { first } of Object.values(left_out)) expect(first).toMatch(/^.*a:[1-9]\d*$/)
  const taken = Object.values(engines.counts()).map(
    ({ quotes, trades, clocks, gaps, candles, news, withdrawn, late, backfilled, duplicates, rejected }) =>
      quotes + trades + clocks + gaps + candles + news + withdrawn + late + backfilled + duplicates + sum(rejected),
  )
  expect(taken.reduce((total, count) => total + count, 0)).toBe(events)
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((total, count) => total + count, 0)
const first = frameLine('coinbase', 'a', micros(0), ticker(1, 0))

describe('nothing throws, and in = events + dead letters + what is left out for a reason', () => {
  test('bronze and bare lines of frames with wrong parts, of random JSON and of garbage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.boolean(), async (lines, isBronze) => {
        await account([isBronze ? first : ticker(1, 0), ...lines].join('\n'))
      }),
      { seed, numRuns: runs },
    )
  })

  test('the same as lists, over lines, in other encodings, packed and cut', async () => {
    const ways = [
      (lines: string[]) => `[${lines.join(',')}]`,
      (lines: string[]) => `[\n${lines.join(',\n')}\n]`,
      (lines: string[]) => lines.join(''),
      (lines: string[]) => lines.join('\r'),
      (lines: string[]) => lines.map(text => `\u001e${text}\n`).join(''),
      (lines: string[]) => Buffer.from(`\ufeff${lines.join('\n')}`, 'utf16le'),
      (lines: string[]) => gzipSync(lines.join('\n')),
      (lines: string[]) => gzipSync(lines.join('\n')).subarray(0, -7),
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(mutated, { maxLength: 20 }), fc.constantFrom(...ways), fc.nat(400), (lines, way, cut) =>
        account(Buffer.from(way([ticker(1, 0), ...lines])).subarray(0, cut > 200 ? undefined : -cut - 1)),
      ),
      { seed, numRuns: runs },
    )
  })

  test('random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), bytes => account(Buffer.from(bytes))),
      { seed, numRuns: runs },
    )
  })

  test('a decoder that goes on from a snapshot gives what the first one would have given', () => {
    const feed = fc.constantFrom(...symbols.map(({ name }) => name))
    const record = ([text, feed]: [string, string], i: number): RawRecord => ({
      ...{ received_at: micros(i), feed, connection: feed, file: 'f', line: i + 1 },
      ...(parsed(text) === undefined ? { dead: 'not_json', text } : { frame: parsed(text), text }),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(message, feed), { maxLength: 40 }), fc.nat(40), (messages, cut) => {
        const whole = createDecoder(decoderOptions(config))
        const before = createDecoder(decoderOptions(config))
        const expected = messages.map((text, i) => whole.decode(record(text, i)))
        const found = messages.slice(0, cut).map((text, i) => before.decode(record(text, i)))
        const snapshot = JSON.parse(JSON.stringify(before.snapshot()))
        const after = createDecoder({ ...decoderOptions(config), snapshot })
        found.push(...messages.slice(cut).map((text, i) => after.decode(record(text, cut + i))))
        expect(found).toEqual(expected)
      }),
      { seed, numRuns: runs },
    )
  })
})

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
