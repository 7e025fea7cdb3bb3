import { describe, expect, test } from 'vitest'
import { closedCandles } from '../../../src/market/klines/closed_candles.ts'
import { type Kline, minute } from '../../../src/market/klines/kline.ts'
import { readKlines } from '../../../src/market/klines/kline_rows.ts'

const time = 1_748_736_000_000_000
const first = { symbol: null, start: time, open: '104545.3', high: '104597.0', low: '104545.3', close: '104597.0' }
const kline: Kline = { ...first, volume: '5.629', closed: true }
const numbers = '104545.3,104597.0,104545.3,104597.0,5.629'
const more = '1748736059999,1,2,3,4,0'

describe('shapes of klines', () => {
  test.each([
    ['bulk CSV in milliseconds', `1748736000000,${numbers},${more}`],
    ['bulk CSV in microseconds', `1748736000000000,${numbers},1748736059999999,1,2,3,4,0`],
    ['CSV with names', `open_time,open,high,low,close,volume,close_time\n1748736000000,${numbers},1748736059999`],
    ["the original's message", `timestamp,open,high,low,close,volume\n1748736000000,${numbers}`],
    ['CSV with texts of times in UTC', `timestamp,open,high,low,close,volume\n2025-06-01 00:00:00,${numbers}`],
    ['CSV with the close alone', `close_datetime,open,high,low,close,volume\n2025-06-01 00:00:59.999,${numbers}`],
    ['a REST answer', `[\n [1748736000000,${numbers.replace(/[^,]+/g, '"$&"')},${more}]\n]`],
  ])('%s', (_, text) => {
    expect(readKlines(text)).toEqual([kline])
  })

  const k = { t: 1748736000000, s: 'BTCUSDT', o: '104545.3', h: '104597.0', l: '104545.3', c: '104597.0', v: '5.629' }
  const frame = (x: boolean) => ({ e: 'kline', s: 'BTCUSDT', k: { ...k, x } })
  test.each([
    ['bare', frame(true)],
    ['in a combined stream', { stream: 'btcusdt@kline_1m', data: frame(true) }],
    ['in bronze', { received_at: 1, feed: 'binance', connection: 'a', frame: { data: frame(true) } }],
    ['as text in a wrapper', { ts: 1, raw: JSON.stringify(frame(true)) }],
  ])('a frame %s', (_, line) => {
    const others = '{"stream":"btcusdt@trade","data":{"e":"trade"}}\n'
    expect(readKlines(`${others}${JSON.stringify(line)}\n1626992742.29: ${JSON.stringify(frame(false))}`)).toEqual([
      null,
      { ...kline, symbol: 'BTCUSDT' },
      { ...kline, symbol: 'BTCUSDT', closed: false },
    ])
  })

  test('what is no candle is told apart, line by line', () => {
    expect(readKlines(`timestamp,open,high,low,close,volume\nnot a row\n1748736000000,${numbers}`)).toEqual([
      null,
      kline,
    ])
    expect(readKlines('')).toEqual([])
  })
})

const at = (number: number, over: Partial<Kline> = {}): Kline => ({ ...kline, start: time + number * minute, ...over })

describe('closed candles', () => {
  test('2.b1, 2.b2: the unfinished one is no row, and the closed one of its minute is', () => {
    const { table, counts } = closedCandles([at(0, { close: '104550', closed: false }), at(0)])
    expect([...table.close]).toEqual([104597])
    expect(counts).toMatchObject({ unfinished: 1, conflicting: 0 })
  })

  test('2.b3: what is sent again after a restart counts once', () => {
    const { table, counts } = closedCandles([at(0), at(1), at(0), at(1)])
    expect([table.rows, counts.repeated, counts.out_of_order]).toEqual([2, 2, 0])
  })

  test('doubled with other content: the first closed one stands, the other is dead', () => {
    const { table, counts, dead } = closedCandles([at(0), at(0, { close: '104550' })])
    expect([...table.close]).toEqual([104597])
    expect(counts.conflicting).toBe(1)
    expect(dead).toEqual([{ reason: 'conflicting', kline: at(0, { close: '104550' }) }])
  })

  test('out of order: put in its place, and counted', () => {
    const { table, counts } = closedCandles([at(0), at(2), at(1)])
    expect([...table.start]).toEqual([0, 1, 2].map(number => time + number * minute))
    expect([counts.out_of_order, counts.missing]).toEqual([1, 0])
  })

  test('missing minutes are counted, and nothing is put in their place', () => {
    const { table, counts, interval } = closedCandles([at(0), at(1), at(9)])
    expect([table.rows, counts.missing, interval]).toEqual([3, 7, minute])
  })

  test('zero volume is a row like others, and counted', () => {
    const { table, counts } = closedCandles([at(0, { volume: '0' })])
    expect([table.rows, counts.zero_volume]).toEqual([1, 1])
  })

  test.each([{ close: '0' }, { open: '-1' }, { volume: '-1' }, { close: 'x' }, { high: '1' }])(
    'numbers that no candle has are dead: %o',
    over => {
      expect(closedCandles([at(0, over)]).dead).toEqual([{ reason: 'bad', kline: at(0, over) }])
    },
  )
})
