import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { SpikeError } from '../../../src/errors.ts'
import { feedFiles } from '../../../src/jobs/ingest/feed_files.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { frameLine } from '../../../src/market/bronze/line.ts'
import { describeLeftOut } from '../../../src/market/decode/left_out.ts'
import { exchangeTicker, heartbeat, micros, subscriptions, ticker, trade, trades } from '../../fixtures/wire.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'left-out-'))
afterAll(() => rmSync(folder, { recursive: true }))
const config = readConfig()

function file(name: string, lines: string[]): string {
  const path = join(folder, name)
  writeFileSync(path, lines.map(line => `${line}\n`).join(''))
  return path
}

async function faultOf(path: string): Promise<string> {
  const error = await replay({ raw: [path], out: null, config }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SpikeError)
  expect((error as SpikeError).code).toBe('BAD_TABLE')
  expect((error as SpikeError).faults).toHaveLength(1)
  return (error as SpikeError).faults[0]
}

const count = 30
const frames = (of: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => of(i))
const without = (text: string, key: string): string =>
  JSON.stringify(JSON.parse(text), (name, value) => (name === key ? undefined : value))

describe('a file that gives not one row says why: how many, and where first', () => {
  it.each<[string, (i: number) => string, string, RegExp]>([
    ['no number', i => without(ticker(i, i), 'sequence_num'), 'bad_sequence', /sequence_num or sequence, is missing/],
    ['a time without its zone', i => ticker(i, i).replace('Z"', '"'), 'bad_time', /has no zone/],
    ['a comma in prices', i => ticker(i, i, 'BTC-USD', { best_bid: '100,4' }), 'bad_price', /is no decimal number/],
    ['hexadecimal prices', i => ticker(i, i, 'BTC-USD', { best_ask: '0x64' }), 'bad_price', /is no decimal number/],
    ['empty bids', i => ticker(i, i, 'BTC-USD', { best_bid: '' }), 'invalid_quote', /a bid or ask that is empty/],
    ['prices of zero', i => ticker(i, i, 'BTC-USD', { best_bid: '0' }), 'invalid_quote', /not above 0/],
    [
      'another channel',
      i => ticker(i, i).replace('"ticker"', '"ticker_batch"'),
      'channel ticker_batch',
      /channel are not read/,
    ],
    ['another product', i => ticker(i, i, 'DOGE-USD'), 'product DOGE-USD', /no product of the config/],
    [
      'a slow clock',
      i => frameLine('coinbase', 'c', micros(i - 300), ticker(i, i)),
      'time_ahead',
      /recorded it was slow/,
    ],
    ['tickers without a product', i => without(ticker(i, i), 'product_id'), 'missing_product', /names no product/],
    [
      'no events in frames',
      i => without(ticker(i, i), 'events').replace('{', '{"events":{},'),
      'bad_events',
      /no list of events/,
    ],
    [
      'the older feed without a number',
      i => without(exchangeTicker(i, i), 'sequence'),
      'bad_sequence',
      /sequence, is missing/,
    ],
  ])('%s', async (name, frame, reason, meaning) => {
    const path = file(`${name}.ndjson`, [...frames(frame)])
    const fault = await faultOf(path)
    expect(fault).toMatch(/events of .* give not one row; /)
    expect(fault).toContain(`${count} ${reason}, first at ${path}:1 (`)
    expect(fault).toMatch(meaning)
  })

  it('trades alone, and quotes of too little time', async () => {
    const only = frames(i => trades(i, i, [trade(`${i}`, i)]))
    expect(await faultOf(file('trades', only))).toContain('trades alone give no row: a row wants quotes')
    expect(await faultOf(file('short', [ticker(0, 0), ticker(1, 0.5)]))).toContain('its quotes span too little time')
  })

  it('the most frequent reasons come first, the others are counted', async () => {
    const lines = [
      ...frames(i => without(ticker(i, i), 'sequence_num')),
      ...['a', 'b', 'c', 'd', 'e', 'f'].flatMap((channel, i) =>
        Array(i + 1).fill(ticker(i, i).replace('"ticker"', `"${channel}"`)),
      ),
    ]
    const fault = await faultOf(file('many', lines))
    const named = [...fault.matchAll(/(\d+) (?:bad_sequence|channel \w), first at/g)].map(([, n]) => Number(n))
    expect(named).toEqual([30, 6, 5, 4, 3])
    expect(fault).toContain('3 for 2 other reasons')
  })
})

it('what a frame brings into the line can neither begin another one nor pass for a word of ours', async () => {
  const product = 'A\u001b[2J\nB: fine'
  const channel = (name: string) => ticker(0, 0).replace('"ticker"', JSON.stringify(name))
  const fault = await faultOf(
    file('hostile', [ticker(0, 0, product), channel('__proto__'), channel('\n'), 'constructor']),
  )
  expect([...fault].every(character => character >= ' ')).toBe(true)
  expect(fault).toContain('1 product A\\u001b[2J\\nB: fine, first at ')
  expect(describeLeftOut({ 'toString x': { count: 1, first: 'f:1' } })).toEqual(['1 toString x, first at f:1'])
})

describe('a file that gives rows accounts for all of its lines', () => {
  const good = frames(i => ticker(2 * i, i))
  const lines = [
    subscriptions(1, 0, ['BTC-USD']),
    heartbeat(3, 0),
    ...good,
    'garbage',
    ticker(3, 29.2, 'BTC-USD', { best_bid: '1,5' }),
    ticker(5, 29.3, 'DOGE-USD'),
    ticker(7, 29.4, 'BTC-USD', { best_bid: '0' }),
    ticker(9, 29.5).replace('"ticker"', '"level2"'),
  ]

  it('each is used, or is left out for a reason that names its first place', async () => {
    const path = file('mixed', lines)
    const { leftOut, decoded, products } = await replay({ raw: [path], out: null, config })
    expect(leftOut).toEqual({
      subscriptions: { count: 1, first: `${path}:1` },
      not_json: { count: 1, first: `${path}:33` },
      bad_price: { count: 1, first: `${path}:34` },
      'product DOGE-USD': { count: 1, first: `${path}:35` },
      invalid_quote: { count: 1, first: `${path}:36` },
      'channel level2': { count: 1, first: `${path}:37` },
    })
    const { quotes, duplicates, late, clocks } = products['BTC-USD']
    expect(quotes + duplicates + late + clocks).toBe(decoded.events.quote + decoded.events.clock - 1)
  })

  it('long dead letters are counted, and of many only as many kept as fit in memory', async () => {
    const path = file('long', [...good, ...Array(80).fill('x'.repeat(1 << 20))])
    const { dead, deadLetters, leftOut } = await replay({ raw: [path], out: null, config })
    expect({ kept: dead.length, deadLetters, told: leftOut.not_json.count }).toEqual({
      ...{ kept: 64, deadLetters: 80, told: 80 },
    })
  })

  it('in a disturbed run the first place is that of the file in order', async () => {
    const path = file('disturbed', lines)
    const disturbance = { shuffle_s: 1, duplicate: 0, drop: 0, seed: 1 }
    const { leftOut } = await replay({ raw: [path], out: null, config, disturbance })
    expect(leftOut.invalid_quote).toEqual({ count: 1, first: `${path}:36` })
  })

  it('on a topic it tells the same, but for what only the engine rejects', async () => {
    const path = file('fed', lines)
    const { left_out, records } = await feedFiles({ streams: createMemoryStreams(), config, raw: [path] })
    expect(records).toBe(lines.length)
    expect(Object.keys(left_out).sort()).toEqual(
      ['bad_price', 'channel level2', 'not_json', 'product DOGE-USD', 'subscriptions'].sort(),
    )
    expect(left_out.bad_price).toEqual({ count: 1, first: `${path}:34` })
  })
})
