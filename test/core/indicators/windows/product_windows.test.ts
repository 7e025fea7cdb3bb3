import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProductWindows } from '../../../../src/core/indicators/windows/product_windows.ts'
import type { Tick } from '../../../../src/core/indicators/windows/tick.ts'
import type { WindowRow } from '../../../../src/core/indicators/windows/window_row.ts'
import { windowSteps } from '../../../../src/core/indicators/windows/window_settings.ts'

type Settings = Parameters<typeof windowSteps>[0]
/** A trade, or the time alone. */
type Trade = { time: number; id: string; price: number; source: Tick['source'] }
type Step = Trade | { time: number; id: null }
type Told = [
  start: number,
  revision: number,
  final: boolean,
  trades: number,
  high: number,
  last: number,
  source: string,
]

const second = 1e6

function tickOf({ time, id, price, source = 'trades' }: Omit<Trade, 'source'> & Partial<Trade>): Tick {
  return { source, product: 'A', time, id, price, units: Math.round(price * 1e8), size: 1e8 }
}

/** When which window is given, from the words of the definition: every window of every trade is looked at after every step. */
class SlowWindows {
  high = Number.NEGATIVE_INFINITY
  readonly told: Told[] = []
  readonly late = { events: 0, memberships: 0 }
  private readonly trades = new Map<string, Trade>()
  private readonly given = new Map<number, { revision: number; at: number; changed: boolean }>()
  private readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }

  take(step: Step): void {
    if (step.id !== null && this.trade(step) === 'repeated') return
    const { lateness_s, lag_s, revise_s } = this.settings
    const before = this.high
    this.high = Math.max(this.high, step.time)
    const isOver = (start: number, at: number, more: number): boolean => this.endOf(start) <= at - more * second
    for (const start of this.starts())
      if (isOver(start, this.high, lateness_s) && !isOver(start, before, lateness_s)) this.give(start, true)
    for (const start of this.starts())
      if (isOver(start, this.high, lag_s) && !isOver(start, this.high, lateness_s) && !this.given.has(start))
        this.give(start, false)
    for (const [start, { at, changed }] of this.given)
      if (changed && at + revise_s * second <= this.high) this.give(start, false)
  }

  end(): void {
    for (const start of this.starts())
      if (this.endOf(start) > this.high - this.settings.lateness_s * second && (this.given.get(start)?.changed ?? true))
        this.give(start, false)
  }

  private trade(trade: Trade): 'taken' | 'repeated' {
    const { time, id } = trade
    const { lateness_s, lag_s, length_s, slide_s } = this.settings
    const all = startsOf(time, this.settings)
    const open = all.filter(start => this.endOf(start) > this.high - lateness_s * second)
    if (open.length > 0 && this.trades.has(id)) return 'repeated'
    if (open.length < length_s / slide_s) {
      this.late.events++
      this.late.memberships += length_s / slide_s - open.length
    }
    if (open.length === 0) return 'taken'
    this.trades.set(id, trade)
    for (const start of open.sort((a, b) => a - b))
      if (this.endOf(start) + lag_s * second <= this.high) {
        const given = this.given.get(start) ?? { revision: 0, at: Number.NEGATIVE_INFINITY, changed: true }
        this.given.set(start, { ...given, changed: true })
      }
    return 'taken'
  }

  private give(start: number, final: boolean): void {
    const all = [...this.trades.values()].filter(({ time }) => time >= start && time < this.endOf(start))
    const source = all.some(one => one.source === 'trades') ? 'trades' : 'ticker'
    const members = all.filter(one => one.source === source)
    const revision = (this.given.get(start)?.revision ?? 0) + 1
    const most = (of: (one: Trade) => number): number => Math.max(...members.map(of))
    const [high, last] = [most(({ price }) => price), most(({ time }) => time)]
    this.told.push([start / 1e6, revision, final, members.length, high, last, source])
    if (final) this.given.delete(start)
    else this.given.set(start, { revision, at: this.high, changed: false })
  }

  private endOf(start: number): number {
    return start + this.settings.length_s * second
  }

  private starts(): number[] {
    const all = [...this.trades.values()].flatMap(({ time }) => startsOf(time, this.settings))
    return [...new Set(all)].sort((a, b) => a - b)
  }
}

function startsOf(time: number, { length_s, slide_s }: Settings): number[] {
  const slide = slide_s * second
  const last = Math.floor(time / slide) * slide
  return Array.from({ length: length_s / slide_s }, (_, i) => last - i * slide)
}

const someSettings: fc.Arbitrary<Settings> = fc
  .record({
    slide_s: fc.constantFrom(1, 4, 10, 15),
    times: fc.integer({ min: 1, max: 5 }),
    ...{ lateness_s: fc.nat({ max: 90 }), lag_s: fc.nat({ max: 6 }), revise_s: fc.nat({ max: 20 }) },
  })
  .map(({ slide_s, times, ...rest }) => ({ slide_s, length_s: slide_s * times, ...rest }))

/** Trades and clocks around a time that goes on, now and then by hours; some trades twice. */
const someSteps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.record({
      by: fc.oneof(
        { weight: 12, arbitrary: fc.integer({ min: -40, max: 30 }) },
        { weight: 1, arbitrary: fc.constant(4000) },
      ),
      ...{
        micros: fc.constantFrom(0, 0, 1, 500_000, 999_999),
        kind: fc.constantFrom('trade', 'trade', 'trade', 'again', 'clock'),
        source: fc.constantFrom('trades' as const, 'trades' as const, 'ticker' as const),
      },
      price: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map(all => {
    let now = 1_700_000_000
    const steps: Step[] = []
    for (const { by, micros, kind, price, source } of all) {
      now += Math.max(by, -3)
      const time = (now + Math.min(by, 0)) * second + micros
      const former = steps.filter(({ id }) => id !== null)[price]
      if (kind === 'clock') steps.push({ time, id: null })
      else steps.push(kind === 'again' && former ? former : { time, id: `${steps.length}`, price, source })
    }
    return steps
  })

const tell = ({ start, revision, final, trades, high, source }: WindowRow, last: number): Told => [
  start,
  revision,
  final,
  trades,
  high,
  last,
  source,
]

function feed(windows: ProductWindows, step: Step, offset: number): void {
  if (step.id === null) windows.advance(step.time)
  else windows.push(tickOf(step), offset)
}

describe('windows of a product', () => {
  test('are given when the definition says, and as often', () => {
    fc.assert(
      fc.property(someSettings, someSteps, (settings, steps) => {
        const told: Told[] = []
        const windows = new ProductWindows('A', windowSteps(settings), (row, last) => told.push(tell(row, last)))
        const slow = new SlowWindows(settings)
        for (const [i, step] of steps.entries()) {
          feed(windows, step, i)
          slow.take(step)
          expect(told).toEqual(slow.told)
        }
        windows.giveOpen()
        slow.end()
        expect(told).toEqual(slow.told)
        expect(windows.counts.late).toEqual(slow.late)
      }),
      { numRuns: 400 },
    )
  })

  test('go on after a restart anywhere as if nothing had been, from their state and the records of what is open', () => {
    fc.assert(
      fc.property(someSettings, someSteps, fc.nat({ max: 39 }), (settings, steps, at) => {
        const cut = Math.min(at, steps.length)
        const [one, other]: Told[][] = [[], []]
        const whole = new ProductWindows('A', windowSteps(settings), (row, last) => one.push(tell(row, last)))
        for (const [i, step] of steps.slice(0, cut).entries()) feed(whole, step, i)
        const state = whole.state()
        const again = new ProductWindows('A', windowSteps(settings), (row, last) => other.push(tell(row, last)))
        if (cut > 0) again.restore(JSON.parse(JSON.stringify(state)))
        for (const [i, step] of steps.entries())
          if (i >= whole.firstOffset() && i < cut && step.id !== null) again.refill(tickOf(step), i)
        expect(again.state()).toEqual(state)
        expect(again.firstOffset()).toBe(whole.firstOffset())
        expect(other).toEqual([])
        one.length = 0
        for (const [i, step] of steps.entries())
          if (i >= cut) for (const windows of [whole, again]) feed(windows, step, i)
        for (const windows of [whole, again]) windows.giveOpen()
        expect(other).toEqual(one)
      }),
      { numRuns: 300 },
    )
  })

  test('that nothing is due for stand in the state as runs of one revision', () => {
    const settings = { length_s: 10, slide_s: 10, lateness_s: 1000, lag_s: 0, revise_s: 5 }
    const windows = new ProductWindows('A', windowSteps(settings), () => {})
    for (const [i, time] of [1, 11, 21, 41, 51, 61, 12].entries())
      windows.push(tickOf({ time: time * second, id: `${i}`, price: 1 }), i)
    for (const time of [70, 90]) windows.advance(time * second)
    const settled = [
      [0, 1, 1],
      [10 * second, 1, 2],
      [20 * second, 1, 1],
      [40 * second, 3, 1],
    ]
    windows.push(tickOf({ time: 84 * second, id: 'late', price: 1 }), 8)
    const { high, given } = windows.state()
    expect([high, given]).toEqual([90 * second, [...settled, [80 * second, 1, 1, 90 * second, 0]]])
  })

  test('hold the first record that is open, infinite where none is', () => {
    const windows = new ProductWindows(
      'A',
      windowSteps({ length_s: 10, slide_s: 10, lateness_s: 0, lag_s: 0, revise_s: 5 }),
      () => {},
    )
    expect(windows.firstOffset()).toBe(Number.POSITIVE_INFINITY)
    windows.push(tickOf({ time: 5 * second, id: '1', price: 1 }), 7)
    windows.push(tickOf({ time: 4 * second, id: '2', price: 1 }), 9)
    expect(windows.firstOffset()).toBe(7)
    windows.push(tickOf({ time: 15 * second, id: '3', price: 1 }), 11)
    expect(windows.firstOffset()).toBe(11)
  })
})
