import { afterEach, expect, test } from 'vitest'
import type { Simulator, SimulatorOptions } from '../../src/exchange/simulator.ts'
import { startSimulator } from '../../src/exchange/simulator.ts'
import { coinbase } from '../../src/market/feeds/coinbase.ts'
import { parseTimestamp } from '../../src/market/feeds/timestamp.ts'
import { at, collect, collectAll, drop, parse, products, settings } from '../fixtures/simulated_market.ts'

const running: Simulator[] = []
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close()
})

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ settings, faults: [], ...options })
  running.push(simulator)
  return simulator
}

const faults = [
  drop(60, 75.5, 'abrupt'),
  drop(120, 124, 'close'),
  { kind: 'loss', at: at(90) } as const,
  drop(200, 203, 'abrupt'),
]

test('the same seed gives the same frames, byte for byte, however slow the client comes', async () => {
  const quick = await collectAll((await start({ faults })).url)
  const slow = await collectAll((await start({ faults })).url, 40)
  expect(quick.length).toBe(4)
  expect(slow).toEqual(quick)
  const other = await collectAll((await start({ faults, settings: { ...settings, seed: 8 } })).url)
  expect(other[0]).not.toEqual(quick[0])
})

test('a port that is taken is refused in one line', async () => {
  const port = Number(new URL((await start()).url).port)
  await expect(start({ port })).rejects.toMatchObject({
    ...{ code: 'BAD_ARGUMENT', exit: 2 },
    faults: [`port ${port} cannot be had on 127.0.0.1 (EADDRINUSE); name another`],
  })
})

test('a snapshot a product comes before the acknowledgement, which holds the complete set', async () => {
  const { texts } = await collect((await start()).url, { until: text => text.includes('"update"') })
  const frames = parse(texts)
  expect(frames.slice(0, 7).map(frame => frame.channel)).toEqual([
    'ticker',
    'ticker',
    'subscriptions',
    'market_trades',
    'market_trades',
    'subscriptions',
    'subscriptions',
  ])
  expect(frames[0].events[0].type).toBe('snapshot')
  expect(frames[2].events[0].subscriptions).toEqual({ ticker: products })
  expect(frames[6].events[0].subscriptions).toEqual({
    ticker: products,
    market_trades: products,
    heartbeats: ['heartbeats'],
  })
})

test('numbers rise by one over all channels, restart at 0 after a drop, and a lost frame leaves one hole', async () => {
  const simulator = await start({ faults })
  const connections = (await collectAll(simulator.url)).map(parse)
  const holes = connections.map(frames =>
    frames.filter((frame, i) => frame.sequence_num !== (i === 0 ? 0 : frames[i - 1].sequence_num + 1)),
  )
  expect(holes.map(found => found.length)).toEqual([0, 1, 0, 0])
  expect(simulator.stats).toMatchObject({ connections: 4, drops: 3, lost: 1 })
})

test('time rises strictly, with 0 to 9 digits, and nothing of an outage is served', async () => {
  const longer = { ...settings, hours: 1 }
  const connections = (await collectAll((await start({ faults, settings: longer })).url)).map(parse)
  const frames = connections.flat()
  const digits = new Set(frames.map(({ timestamp }) => timestamp.length - (timestamp.includes('.') ? 21 : 20)))
  expect([...digits].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const nanos = frames.map(({ timestamp }) => toNanos(timestamp))
  expect(nanos.filter((time, i) => i > 0 && time <= nanos[i - 1])).toEqual([])
  const times = frames.map(({ timestamp }) => parseTimestamp(timestamp)!)
  const trades = frames.flatMap(({ events }) =>
    (events[0].trades ?? []).map((trade: { time: string }) => parseTimestamp(trade.time)!),
  )
  // Batches and heartbeats lag by up to 4 ms, frames of an opening connection by 0.5 ms each.
  const outage = (time: number) => time > at(60.01) && time < at(75.25)
  expect(times.filter(outage)).toEqual([])
  expect(trades.filter(outage)).toEqual([])
})

test('trades come in batches of 250 ms, newest first, heartbeats once a second with a counter', async () => {
  const { texts } = await collect((await start()).url)
  const frames = parse(texts)
  const updates = frames.filter(frame => frame.channel === 'market_trades' && frame.events[0].type === 'update')
  expect(updates.length).toBeGreaterThan(100)
  expect(updates.some(frame => frame.events[0].trades.length > 1)).toBe(true)
  for (const { events, timestamp } of updates) {
    const ids: number[] = events[0].trades.map((trade: { trade_id: string }) => Number(trade.trade_id))
    expect(ids).toEqual(ids.map((_, i) => ids[0] - i))
    expect(new Set(events[0].trades.map((trade: { product_id: string }) => trade.product_id)).size).toBe(1)
    for (const trade of events[0].trades) {
      const age = parseTimestamp(timestamp)! - parseTimestamp(trade.time)!
      expect(age).toBeGreaterThanOrEqual(0)
      expect(age).toBeLessThan(260_000)
    }
  }
  const beats = frames.filter(frame => frame.channel === 'heartbeats').map(frame => frame.events[0])
  expect(beats.length).toBe(Math.round(settings.hours * 3600) - 9)
  for (const { current_time, heartbeat_counter } of beats) {
    expect(current_time).toMatch(/^2026-01-05 00:0\d:\d\d(\.\d{1,9})? \+0000 UTC m=\+\d+\.\d{9}$/)
    expect(heartbeat_counter).toBe(Math.floor(Number(current_time.split('m=+')[1])))
  }
})

test('an unknown product is left out, an unknown channel and a malformed message are answered by errors', async () => {
  const requests = [
    JSON.stringify({ type: 'subscribe', channel: 'ticker', product_ids: ['FOO-USD', 'BTC-USD'] }),
    JSON.stringify({ type: 'subscribe', channel: 'nonsense', product_ids: ['BTC-USD'] }),
    'not json',
  ]
  const { texts } = await collect((await start()).url, { requests, until: text => text.includes('"update"') })
  expect(JSON.parse(texts[1]).events[0].subscriptions).toEqual({ ticker: ['BTC-USD'] })
  expect(texts[2]).toBe('{"type":"error","message":"authentication failure"}')
  expect(JSON.parse(texts[3])).toMatchObject({ type: 'error' })
  expect(JSON.parse(texts[4]).sequence_num).toBe(2)
})

test('unsubscribing ends a channel; what is left goes on', async () => {
  const requests = [
    ...coinbase.subscribe(products, ['ticker', 'heartbeats']),
    JSON.stringify({ type: 'unsubscribe', channel: 'ticker' }),
  ]
  const { texts } = await collect((await start()).url, { requests })
  const frames = parse(texts)
  expect(frames[4].events[0].subscriptions).toEqual({ heartbeats: ['heartbeats'] })
  expect(new Set(frames.slice(5).map(frame => frame.channel))).toEqual(new Set(['heartbeats']))
})

test('who asks for nothing is sent away', async () => {
  const { code, texts } = await collect((await start({ subscribeLimitMs: 30 })).url, { requests: [] })
  expect({ code, texts }).toEqual({ code: 1008, texts: [] })
})

test('the market waits for a client that asks for one channel only, and for one that comes late', async () => {
  const simulator = await start({ settleMs: 20 })
  const requests = coinbase.subscribe(products, ['ticker'])
  const { texts } = await collect(simulator.url, { requests, until: text => text.includes('"update"') })
  expect(JSON.parse(texts[0]).sequence_num).toBe(0)
  const later = await collect(simulator.url)
  expect(later.reason).toBe('end of market')
  await simulator.done
  expect(await collect(simulator.url)).toMatchObject({ code: 1000, reason: 'end of market', texts: [] })
})

test('closing ends a market that nobody has taken to its end', async () => {
  const simulator = await start()
  await simulator.close()
  await simulator.done
  expect(simulator.stats.connections).toBe(0)
})

function toNanos(timestamp: string): bigint {
  const fraction = timestamp.slice(20, -1).padEnd(9, '0')
  return BigInt(Date.parse(`${timestamp.slice(0, 19)}Z`)) * 1_000_000n + BigInt(fraction)
}
