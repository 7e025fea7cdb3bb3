/** Seconds computed ahead of their close: nothing that comes out of an engine may differ from an engine that waits. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { emptyBar, encodeBar } from '../../../src/core/features/bar/bar.ts'
import { type EngineOutput, ProductEngine } from '../../../src/core/features/engine.ts'
import type { EngineCounts } from '../../../src/core/features/engine_counts.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { clock, gap, marketShape, quote, randomMarket, settings, trade } from '../../fixtures/events.ts'

/** One call of an engine's output. */
interface Given {
  what: string
  values: Float64Array | null
}

function takeInto(given: Given[]): EngineOutput {
  const note = (what: string, values: Float64Array | null = null): number => given.push({ what, values })
  return {
    bar: (product, bar) => note(`bar ${encodeBar(product, bar)}`),
    row: (product, time, values) => note(`row ${product} ${time}`, values.slice()),
    settled: (product, time, sigma) => note(`settled ${product} ${time}`, Float64Array.of(sigma)),
    late: event => note(`late ${JSON.stringify(event)}`),
    rejected: (event, reason) => note(`rejected ${reason} ${JSON.stringify(event)}`),
  }
}

interface Run {
  given: Given[]
  counts: EngineCounts
  computed: number
  used: number
}

/** @param isIdle asked after each event: whether the engine may compute ahead then. */
function run(events: MarketEvent[], isIdle: () => boolean): Run {
  const given: Given[] = []
  const engine = new ProductEngine('BTC-USD', settings, takeInto(given))
  let computed = 0
  let used = 0
  for (const event of events) {
    engine.push(event)
    if (!isIdle()) continue
    const kept: Given[] = []
    const give = (): void => {
      given.push(...kept)
      used++
    }
    if (engine.anticipate(takeInto(kept), give)) computed++
  }
  return { given, counts: engine.counts, computed, used }
}

/** The same calls in the same order, rows to the bit. */
function expectSame(ahead: Run, waiting: Run): void {
  expect(ahead.counts).toEqual(waiting.counts)
  expect(ahead.given.map(({ what }) => what)).toEqual(waiting.given.map(({ what }) => what))
  for (let i = 0; i < waiting.given.length; i++) {
    const { what, values } = waiting.given[i]
    const differs = values?.findIndex((value, place) => !Object.is(value, ahead.given[i].values![place])) ?? -1
    if (differs >= 0) throw new Error(`${what}: place ${differs}: ${ahead.given[i].values![differs]}`)
  }
}

const never = (): boolean => false
const always = (): boolean => true

it('gives out the same at any idle moment, whatever comes late, twice, never or after a silence', () => {
  let used = 0
  let takenBack = 0
  const lateness = fc.constantFrom(0, 1.2, 1.9, 4)
  fc.assert(
    fc.property(marketShape, lateness, fc.constantFrom(0.1, 0.7, 1), fc.nat(), (shape, late, idle, seed) => {
      const random = seededRandom(seed)
      const events = randomMarket(shape)
        .flatMap(event => (random() < 0.1 ? [event, event] : [event]))
        .map(event => ({ event, key: event.time + random() * late * 1e6 }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event)
      const ahead = run(events, () => random() < idle)
      expectSame(ahead, run(events, never))
      used += ahead.used
      takenBack += ahead.computed - ahead.used
    }),
    { numRuns: 80 },
  )
  expect(used).toBeGreaterThan(500)
  expect(takenBack).toBeGreaterThan(100)
}, 60_000)

const start = 86_400 * 20_000
/** Longer than the columns of a history, and than its longest pane twice. */
const seconds = 2700

/** Every second some events in order; a straggler for a second that is computed already, wherever `isLate` says so. */
function market(isLate: (second: number) => boolean): MarketEvent[] {
  const random = seededRandom(8)
  const price = (): number => 100 + Math.floor(random() * 40) / 10
  const events: MarketEvent[] = []
  for (let second = start; second < start + seconds; second++) {
    events.push(quote(second + 0.1, price(), 105), quote(second + 0.4, price(), 105))
    if (random() < 0.6) events.push(trade(second + 0.5, second, price(), 1 + random(), random() < 0.5 ? 'buy' : 'sell'))
    if (!isLate(second - 2)) continue
    const kind = random()
    if (kind < 0.4) events.push(quote(second - 1.2, 90, 110))
    else if (kind < 0.6) events.push(quote(second - 2 + random(), price(), 105))
    else if (kind < 0.8) events.push(trade(second - 1.3, second + 1e9, 120, 9, 'sell'))
    else events.push(gap(second - 3, second - 1.5))
  }
  return events
}

it.each([
  ['every second', () => true],
  ['no second', () => false],
  ['the last of every pane', (second: number) => (second + 1) % 5 === 0],
  ['the first of every pane', (second: number) => second % 5 === 0],
  ['one in seven', (second: number) => second % 7 === 0],
])('takes back exactly what it computed: stragglers in %s, through every end of a pane', (_, isLate) => {
  const events = market(isLate)
  const ahead = run(events, always)
  expectSame(ahead, run(events, never))
  const late = Array.from({ length: seconds }, (_, i) => start + i - 2).filter(isLate).length
  expect(ahead.counts.rows).toBeGreaterThan(seconds - 5)
  expect(ahead.used).toBeGreaterThan(seconds - late - 10)
  expect(ahead.computed - ahead.used).toBeGreaterThan(late - 10)
})

it('computes nothing ahead that is not over, is empty, stands outside a session, begins a session, or is computed already', () => {
  const engine = new ProductEngine('BTC-USD', settings, { row: () => {} })
  const anticipate = (): boolean => engine.anticipate({ row: () => {} }, () => {})
  const steps: [MarketEvent, boolean][] = [
    [gap(start - 8, start - 7.5), false],
    [clock(start - 6), false],
    [quote(start + 0.5, 100, 101), false],
    [quote(start + 1.5, 100, 101), false],
    [clock(start + 2.5), false],
    [clock(start + 3), true],
    [quote(start + 3.1, 100, 101), false],
    [clock(start + 4), false],
    [clock(start + 5), true],
    [quote(start + 903.5, 100, 101), false],
    [clock(start + 905), false],
    [quote(start + 905.9, 100, 101), false],
    [clock(start + 907), true],
  ]
  for (const [event, expected] of steps) {
    engine.push(event)
    expect(anticipate(), `${event.type} ${event.time / 1e6 - start}`).toBe(expected)
    expect(anticipate()).toBe(false)
  }
})

it.each([
  ['puts bars in', (engine: ProductEngine) => engine.restore({ ...emptyBar(start + 4), gaps: 1 })],
  ['makes it go on', (engine: ProductEngine) => engine.goOn(start + 10, (start + 10.5) * 1e6)],
])('forgets what it computed ahead when someone %s', (_, disturb) => {
  const runs = [false, true].map(idle => {
    const given: Given[] = []
    const engine = new ProductEngine('BTC-USD', settings, takeInto(given))
    for (let i = 0; i < 6; i++) engine.push(quote(start + i + 0.5, 100 + ((i * 7) % 5), 105))
    const give = (): void => {
      throw new Error('given out all the same')
    }
    if (idle) expect(engine.anticipate(takeInto([]), give)).toBe(true)
    disturb(engine)
    for (let i = 12; i < 20; i++) engine.push(quote(start + i + 0.5, 100 + ((i * 7) % 5), 130))
    return { given, counts: engine.counts }
  })
  expect(runs[1]).toEqual(runs[0])
  expect(runs[0].given.length).toBeGreaterThan(10)
})
