import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { type SimulatedTick, simulateTicks, simulationStart } from '../../src/exchange/price_process.ts'

const settings = { ...readConfig().simulator, hours: 3 }
const ticks = [...simulateTicks(settings)]

test('the same seed gives the same market, another seed another one', () => {
  expect([...simulateTicks(settings)]).toEqual(ticks)
  const other = simulateTicks({ ...settings, seed: settings.seed + 1 })
  expect(other.next().value).not.toEqual(ticks[0])
})

test('ticks come in time order, inside the stated hours, at about the stated rate', () => {
  const end = simulationStart + 3 * 3_600_000_000
  expect(ticks[0].time).toBeGreaterThanOrEqual(simulationStart)
  expect(ticks.at(-1)!.time).toBeLessThan(end)
  for (let i = 1; i < ticks.length; i++) expect(ticks[i].time).toBeGreaterThanOrEqual(ticks[i - 1].time)
  for (const [product, { quotes_per_s }] of Object.entries(settings.products)) {
    const rate = ticks.filter(tick => tick.product === product).length / (3 * 3600)
    expect(rate).toBeGreaterThan(quotes_per_s * 0.7)
    expect(rate).toBeLessThan(quotes_per_s * 1.4)
  }
})

test('the book is never crossed, prices lie on the grid, trades at the touch of their taker', () => {
  const onGrid = (price: number) => Number(price.toFixed(2)) === price
  expect(ticks.filter(tick => tick.ask <= tick.bid)).toEqual([])
  expect(ticks.filter(tick => Math.min(tick.bid, tick.bid_size, tick.ask_size) <= 0)).toEqual([])
  expect(ticks.filter(tick => ![tick.bid, tick.ask, tick.last].every(onGrid))).toEqual([])
  const withTrade = ticks.filter(tick => tick.trade)
  expect(withTrade.length).toBeGreaterThan(10_000)
  const wrong = withTrade.filter(({ trade, bid, ask, last }) => {
    return trade!.price !== last || trade!.price !== (trade!.side === 'buy' ? ask : bid)
  })
  expect(wrong).toEqual([])
})

test('trade ids of a product rise by one', () => {
  for (const product of Object.keys(settings.products)) {
    const ids = ticks.flatMap(tick => (tick.product === product && tick.trade ? [tick.trade.id] : []))
    expect(ids).toEqual(ids.map((_, i) => ids[0] + i))
  }
})

test('volatility clusters, reverts and drives activity and spread, yet returns themselves have no memory', () => {
  for (const product of Object.keys(settings.products)) {
    const minutes = byMinute(ticks.filter(tick => tick.product === product))
    const volatility = minutes.map(minute => Math.log(minute.volatility + 1e-6))
    expect(correlation(volatility.slice(1), volatility.slice(0, -1))).toBeGreaterThan(0.2)
    expect(correlation(volatility.slice(40), volatility.slice(0, -40))).toBeLessThan(0.3)
    expect(
      correlation(
        volatility,
        minutes.map(minute => minute.ticks),
      ),
    ).toBeGreaterThan(0.3)
    expect(
      correlation(
        volatility,
        minutes.map(minute => minute.spread),
      ),
    ).toBeGreaterThan(0.3)
    const moves = minutes.map(minute => minute.move)
    expect(Math.abs(correlation(moves.slice(1), moves.slice(0, -1)))).toBeLessThan(0.25)
  }
})

function byMinute(of: SimulatedTick[]) {
  const mids: number[] = []
  const count: number[] = []
  const spread: number[] = []
  for (const tick of of) {
    const second = Math.floor((tick.time - simulationStart) / 1_000_000)
    mids[second] = (tick.bid + tick.ask) / 2
    const minute = Math.floor(second / 60)
    count[minute] = (count[minute] ?? 0) + 1
    spread[minute] = (spread[minute] ?? 0) + tick.ask - tick.bid
  }
  for (let s = 0; s < 3 * 3600; s++) mids[s] ??= mids[s - 1] ?? mids.find(mid => mid !== undefined)!
  return Array.from({ length: 180 }, (_, minute) => {
    const returns = Array.from({ length: 60 }, (_, i) => {
      const s = minute * 60 + i
      return s === 0 ? 0 : Math.log(mids[s] / mids[s - 1])
    })
    const move = returns.reduce((sum, r) => sum + r, 0)
    const squares = returns.reduce((sum, r) => sum + (r - move / 60) ** 2, 0)
    return { volatility: Math.sqrt(squares / 59), ticks: count[minute], spread: spread[minute] / count[minute], move }
  })
}

function correlation(a: number[], b: number[]): number {
  const mean = (x: number[]) => x.reduce((sum, v) => sum + v, 0) / x.length
  const [ma, mb] = [mean(a), mean(b)]
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - ma) * (b[i] - mb)
    aa += (a[i] - ma) ** 2
    bb += (b[i] - mb) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}
