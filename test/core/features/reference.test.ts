import { expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { type Bar, encodeBar } from '../../../src/core/features/bar/bar.ts'
import { type EngineOutput, ProductEngine } from '../../../src/core/features/engine.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { RowCollector } from '../../../src/core/features/rows.ts'
import { features } from '../../../src/core/features/spec.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { expectClose } from '../../fixtures/close.ts'
import { clock, type MarketShape, quote, randomMarket, rowsOf, settings, trade } from '../../fixtures/events.ts'
import { referenceRows } from '../../fixtures/reference_features.ts'

/** Some minutes past a full longest window, with silences, ties, crossed quotes and a change of the day among them. */
const markets: MarketShape[] = [
  {
    seed: 5,
    start: 86_400 * 20_000 - 400,
    events: 420,
    meanStep: 2.5,
    price: 66_853.9,
    roughness: 1e-4,
    holes: 0.01,
    sizes: true,
  },
  {
    seed: 8,
    start: 1_767_571_199.5,
    events: 160,
    meanStep: 0.4,
    price: 0.37,
    roughness: 0.02,
    holes: 0.01,
    sizes: true,
  },
  {
    seed: 11,
    start: 1_767_571_000,
    events: 60,
    meanStep: 8,
    price: 66_853.9,
    roughness: 1e-6,
    holes: 0.03,
    sizes: false,
  },
]

test.each(markets)('a market of seed $seed gives the features that the definitions give', shape => {
  const events = randomMarket(shape)
  const table = rowsOf(events)
  const expected = referenceRows(events, settings)
  expect(Array.from(table.time)).toEqual(expected.map(row => row.time))
  for (let row = 0; row < table.rows; row++)
    for (const { name } of features) expectClose(name, table.columns[name][row], expected[row].values, shape.price)
})

test('a market that has few of everything gives what the definitions give: the first, the second and the third of each', () => {
  const start = 1_767_571_200
  const still = [1, 2, 3].map(sequence => quote(start + 0.5, 100, 101, { sequence }))
  const moving = Array.from({ length: 12 }, (_, i) => quote(start + 4.2 + 3 * i, 100 + (i % 3), 102 + (i % 2)))
  const sold = [
    trade(start + 6.1, 1, 101, 2, 'buy'),
    trade(start + 13.4, 2, 100, 1, 'sell'),
    trade(start + 21.7, 3, 102, 4, 'buy'),
  ]
  const events = [...still, ...moving, ...sold, clock(start + 80)].toSorted((a, b) => a.time - b.time)
  const table = rowsOf(events)
  const expected = referenceRows(events, settings)
  expect(Array.from(table.time)).toEqual(expected.map(row => row.time))
  for (let row = 0; row < table.rows; row++)
    for (const { name } of features) expectClose(name, table.columns[name][row], expected[row].values, 100)
})

test.each([-1, 1])('a price that only falls or rises (%i) has its extreme at the very edge of each window', way => {
  const start = 1_767_571_200
  const events = Array.from({ length: 190 }, (_, i) =>
    quote(start + i + 0.5, 100 + 0.01 * way * i, 100.5 + 0.01 * way * i),
  )
  const table = rowsOf([...events, clock(start + 200)])
  const expected = referenceRows([...events, clock(start + 200)], settings)
  for (let row = 0; row < table.rows; row++)
    for (const { name } of features) expectClose(name, table.columns[name][row], expected[row].values, 100)
})

test.each(markets)(
  'a market of seed $seed goes on from its bars, wherever its engine ended, with the same rows',
  shape => {
    const events = randomMarket(shape)
    const of = (given: string[], bars: Bar[] = []) =>
      new ProductEngine('BTC-USD', settings, {
        row: (_, time, values) => given.push(`${time} ${[...values].join(' ')}`),
        bar: (_, bar) => bars.push(bar),
      })
    for (const part of [0.2, 0.5, 0.9]) {
      const cut = Math.floor(part * events.length)
      const [whole, bars, later]: [string[], Bar[], string[]] = [[], [], []]
      const first = of(whole, bars)
      for (const event of events.slice(0, cut)) first.push(event)
      const before = whole.length
      const next = of(later)
      for (const bar of bars) next.restore(bar)
      next.goOn(first.openFrom, first.watermark)
      for (const event of events.slice(0, cut)) if (Math.floor(event.time / 1e6) >= first.openFrom) next.push(event)
      for (const event of events.slice(cut)) {
        first.push(event)
        next.push(event)
      }
      expect(later).toEqual(whole.slice(before))
      expect([next.openFrom, next.watermark, next.firstOpen]).toEqual([
        first.openFrom,
        first.watermark,
        first.firstOpen,
      ])
    }
  },
)

/** All that an engine gives out, in order; `idle` is asked after each event whether it may compute ahead. */
function givenOf(events: MarketEvent[], idle: () => boolean) {
  const into = (given: string[]): EngineOutput => ({
    bar: (_, bar) => given.push(`bar ${encodeBar('', bar)}`),
    row: (_, time, values) => given.push(`row ${time} ${[...values].join(' ')}`),
    settled: (_, time, sigma) => given.push(`settled ${time} ${sigma}`),
    late: event => given.push(`late ${JSON.stringify(event)}`),
  })
  const given: string[] = []
  const engine = new ProductEngine('BTC-USD', settings, into(given))
  let ahead = 0
  for (const event of events) {
    engine.push(event)
    const kept: string[] = []
    if (idle() && engine.anticipate(into(kept), () => given.push(...kept))) ahead++
  }
  return { given, counts: engine.counts, ahead }
}

test.each(markets)(
  'a market of seed $seed gives the same when seconds are computed ahead, and some taken back',
  shape => {
    const random = seededRandom(shape.seed)
    const events = randomMarket(shape)
      .map(event => ({ event, key: event.time + random() * 1.9e6 }))
      .sort((a, b) => a.key - b.key)
      .map(({ event }) => event)
    const waiting = givenOf(events, () => false)
    for (const share of [0.3, 1]) {
      const { given, counts, ahead } = givenOf(events, () => random() < share)
      expect(ahead).toBeGreaterThan(0)
      expect([given, counts]).toEqual([waiting.given, waiting.counts])
    }
  },
)

test.each(markets)('a market of seed $seed settles each row with the volatility of the 60 returns after it', shape => {
  const events = randomMarket(shape)
  const rows = new RowCollector()
  const settled = new Map<number, number>()
  const engines = new Engines(settings, {
    row: (product, time, values) => rows.add(product, time, values),
    settled: (_, time, sigma) => settled.set(time, sigma),
  })
  for (const event of events) engines.push(event)
  const { time, columns } = rows.takeTable()
  const returnAt = new Map(Array.from(time, (at, row) => [at, columns.return_1s[row]]))
  let known = 0
  for (const at of time) {
    const returns = Array.from({ length: 60 }, (_, i) => returnAt.get(at + (i + 1) * 1e6) ?? Number.NaN)
    const mean = returns.reduce((sum, r) => sum + r, 0) / 60
    const sigma = Math.sqrt(returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 59)
    if (Number.isNaN(sigma)) expect(settled.get(at) ?? Number.NaN).toBeNaN()
    else expect(Math.abs(settled.get(at)! - sigma)).toBeLessThan(1e-9 * sigma + 1e-18)
    if (!Number.isNaN(sigma)) known++
  }
  expect(known > 0).toBe(shape.events * shape.meanStep > 500)
})
