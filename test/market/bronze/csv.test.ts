import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { SpikeError } from '../../../src/errors.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { iso, micros } from '../../fixtures/wire.ts'

const folder = mkdtempSync(join(tmpdir(), 'csv-'))
afterAll(() => rmSync(folder, { recursive: true }))
const config = readConfig()

function file(name: string, rows: string[]): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map(row => `${row}\n`).join(''))
  return path
}

async function read(
  path: string,
): Promise<{ events: MarketEvent[]; notes: string[]; leftOut: object; passed: number }> {
  const reader = readEvents([path], config)
  const events: MarketEvent[] = []
  for await (const batch of reader) events.push(...batch.events)
  return { events, notes: reader.lines.notes, leftOut: reader.counters.left_out, passed: reader.lines.passed }
}

const rows = (of: (i: number) => string): string[] => [0, 1, 2, 3].map(of)

describe('CSV of quotes', () => {
  it.each<[string, string, string[]]>([
    [
      'named columns, RFC 3339',
      'BTC-USD.csv',
      ['time,bid,ask,bid_size,ask_size', ...rows(i => `${iso(i)},100.${i},101,1,2`)],
    ],
    [
      'other names, semicolons, quotes',
      'btc_usd-1.csv',
      [
        '"Timestamp";"Best Bid Price";"Best Ask Price";"bid_qty";"ask_qty"',
        ...rows(i => `"${iso(i)}";"100.${i}";"101";"1";"2"`),
      ],
    ],
    [
      'the product in a column, milliseconds',
      'ticks.csv',
      [
        'symbol,ts,best_bid,best_ask,best_bid_size,best_ask_size,exchange',
        ...rows(i => `BTC-USD,${micros(i) / 1e3},100.${i},101,1,2,x`),
      ],
    ],
    ['no names, microseconds', 'BTCUSD.csv', rows(i => `${micros(i)},100.${i},101,1,2`)],
    ['no names, seconds and tabs', 'x.BTC-USD.tsv', rows(i => `${micros(i) / 1e6}\t100.${i}\t101\t1\t2`)],
  ])('%s', async (_, name, lines) => {
    const { events, leftOut, passed, notes } = await read(file(name, lines))
    expect(events).toMatchObject(
      rows(String).map(i => ({
        ...{ type: 'quote', product: 'BTC-USD', feed: 'coinbase', time: micros(Number(i)), received_at: null },
        ...{ bid: `100.${i}`, ask: '101', bid_size: '1', ask_size: '2', last: null, sequence: Number(i) },
      })),
    )
    expect(leftOut).toEqual({})
    expect(passed).toBe(lines.length - 4)
    expect(notes).toEqual([expect.stringMatching(/ is read as CSV of .*time, .*, by (the names|what its first row)/)])
  })

  it('gives rows, as the same frames would', async () => {
    const many = Array.from({ length: 90 }, (_, i) => `${iso(i)},${100 + (i % 5)},${101 + (i % 5)}`)
    const { rows: count } = await replay({
      raw: [file('BTC-USD-90.csv', ['time,bid,ask', ...many])],
      out: null,
      config,
    })
    expect(count).toBe(87)
  })

  it('a row that is broken, or has no zone in its time, is a dead letter with its line', async () => {
    const path = file('BTC-USD-bad.csv', [
      'time,bid,ask',
      `${iso(0)},100,101`,
      `${iso(1)},100`,
      '2026-01-05 00:00:02,100,101',
      `${iso(3)},100.5x,101`,
      `${iso(4)},100,101`,
    ])
    const { events, leftOut } = await read(path)
    expect(events.filter(({ type }) => type === 'quote')).toHaveLength(2)
    expect(leftOut).toEqual({
      bad_csv: { count: 1, first: `${path}:3` },
      bad_time: { count: 1, first: `${path}:4` },
      bad_price: { count: 1, first: `${path}:5` },
    })
  })
})

it("CSV of trades has the taker's side", async () => {
  const lines = ['trade_id,time,price,size,side', `7,${iso(0)},100,0.5,buy`, `8,${iso(1)},101,0.25,SELL`]
  const { events } = await read(file('trades_BTC-USD.csv', lines))
  expect(events).toMatchObject([
    { type: 'trade', id: '7', price: '100', size: '0.5', side: 'buy', time: micros(0) },
    { type: 'trade', id: '8', price: '101', size: '0.25', side: 'sell', time: micros(1) },
  ])
})

describe('CSV that cannot be read is named', () => {
  it.each([
    ['ticks.csv', ['time,bid,ask', `${iso(0)},1,2`], 'is CSV of ticks that names no product: add a column product, or'],
    [
      'BTC-USD-bars.csv',
      ['time,open,high,low,close'],
      'is CSV with time, open, high, low, close: it wants a time, and bid',
    ],
    ['BTC-USD-7.csv', ['open_time,open,high,low'], 'is CSV with open_time, open, high, low: it wants a time, and bid'],
    ['BTC-USD-5.csv', ['1,2,3,4'], 'looks like CSV without names of its columns: begin it with time,bid,ask'],
    ['BTC-USD-6.csv', ['time,price,venue', `${iso(0)},1,x`], 'it wants a time, and bid and ask, or price and size'],
  ])('%s', async (name, lines, what) => {
    const error = await read(file(name, lines)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SpikeError)
    expect((error as SpikeError).faults).toEqual([expect.stringContaining(what)])
  })
})
