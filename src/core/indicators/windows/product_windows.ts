import type { Micros } from '../../events/event.ts'
import { Pane } from './pane.ts'
import { SeenIds } from './seen_ids.ts'
import type { Tick } from './tick.ts'
import { valuesOf, type WindowRow } from './window_row.ts'
import type { WindowSteps } from './window_settings.ts'

/** Takes a revision of a window, with the time of its last tick. */
export type GiveWindow = (row: WindowRow, last: Micros) => void

/** What stands of a window that was given: how often, at which highest time, and whether a tick has come since. */
interface Given {
  revision: number
  at: Micros
  changed: boolean
}

/** What stands between two multiples of the pane's width. */
interface Slot {
  index: number
  trades: Pane | null
  ticker: Pane | null
  ids: SeenIds
  /** Of the first record that went in. */
  offset: number
}

/** Ticks that came after a window of theirs was final: how many, and from how many windows they were left out. */
export interface LateCounts {
  events: number
  memberships: number
}

export interface WindowCounts {
  ticks: number
  repeated: number
  late: LateCounts
}

/** Windows given that nothing is due for: so many starts, a slide apart, of the same revision. */
type Settled = [start: Micros, count: number, revision: number]
/** One that was given lately, and whether it has changed since. */
type Young = [...Settled, at: Micros, changed: 0 | 1]

/** Where the windows of a product stand: the highest time, and the windows given, in the order in which they first were. Plain JSON. */
export interface ProductWindowsState {
  high: Micros
  given: (Settled | Young)[]
}

/** Starts are enumerated one by one over so many slides; over a longer stretch those that hold ticks. */
const mostSlides = 1000

/**
 * The windows of one product. A window is given at its end and the lag, again as late ticks change it, and last as final when
 * the watermark, the highest time less the lateness, has reached its end. Its values are the same bits in whatever order its
 * ticks came.
 */
export class ProductWindows {
  high = Number.NEGATIVE_INFINITY
  readonly counts: WindowCounts = { ticks: 0, repeated: 0, late: { events: 0, memberships: 0 } }
  private readonly product: string
  private readonly steps: WindowSteps
  private readonly give: GiveWindow
  private readonly slots = new Map<number, Slot>()
  private readonly given = new Map<Micros, Given>()
  /** Into which the last tick went. */
  private newest: Slot | null = null
  /** The highest time at which something will be due. */
  private nextDue = Number.NEGATIVE_INFINITY

  constructor(product: string, steps: WindowSteps, give: GiveWindow) {
    this.product = product
    this.steps = steps
    this.give = give
  }

  /** Takes a tick in. @param offset of its record. */
  push(tick: Tick, offset: number): void {
    const { slide, length, lateness } = this.steps
    const last = Math.floor(tick.time / slide) * slide
    const first = last - length + slide
    const open = this.firstAfter(this.high - lateness)
    if (last < open) this.noteLate(length / slide)
    else if (this.fold(tick, offset)) {
      if (first < open) this.noteLate((open - first) / slide)
      this.noteChange(Math.max(first, open), last)
    } else {
      this.counts.repeated++
      return
    }
    this.counts.ticks++
    this.advance(tick.time)
  }

  /** Takes in again what a former life had: it fills what is open. */
  refill(tick: Tick, offset: number): void {
    const { slide, lateness } = this.steps
    if (Math.floor(tick.time / slide) * slide >= this.firstAfter(this.high - lateness)) this.fold(tick, offset)
  }

  /** Moves the highest time on, and gives what is due then. */
  advance(time: Micros): void {
    const before = this.high
    if (time > before) this.high = time
    if (this.high < this.nextDue) return
    const { length, lateness, lag, revise } = this.steps
    const open = this.firstAfter(this.high - lateness)
    const due = this.firstAfter(this.high - lag)
    for (const start of this.starts(this.firstAfter(before - lateness), open)) this.giveWindow(start, true)
    this.dropBefore(open)
    for (const start of this.starts(Math.max(open, this.firstAfter(before - lag)), due))
      if (!this.given.has(start)) this.giveWindow(start, false)
    this.nextDue = length + Math.min(open + lateness, due + lag)
    for (const [start, { at, changed }] of this.given) {
      if (!changed) continue
      if (at + revise <= this.high) this.giveWindow(start, false)
      else this.nextDue = Math.min(this.nextDue, at + revise)
    }
  }

  /** Gives every open window as it is now, where it does not stand so already: the input has ended. */
  giveOpen(): void {
    const open = this.firstAfter(this.high - this.steps.lateness)
    for (const start of this.starts(open, Number.POSITIVE_INFINITY))
      if (this.given.get(start)?.changed ?? true) this.giveWindow(start, false)
  }

  /** Offset of the first record that an open window holds; infinite without any. */
  firstOffset(): number {
    let first = Number.POSITIVE_INFINITY
    for (const { offset } of this.slots.values()) if (offset < first) first = offset
    return first
  }

  state(): ProductWindowsState {
    const given: ProductWindowsState['given'] = []
    let next = Number.NaN
    for (const [start, { revision, at, changed }] of this.given) {
      const isSettled = !changed && at + this.steps.revise <= this.high
      const last = given.at(-1)
      if (!isSettled) given.push([start, 1, revision, at, changed ? 1 : 0])
      else if (last?.length === 3 && last[2] === revision && start === next) last[1]++
      else given.push([start, 1, revision])
      next = start + this.steps.slide
    }
    return { high: this.high, given }
  }

  restore({ high, given }: ProductWindowsState): void {
    this.high = high
    for (const [start, count, revision, at = high - this.steps.revise, changed = 0] of given)
      for (let i = 0; i < count; i++)
        this.given.set(start + i * this.steps.slide, { revision, at, changed: changed === 1 })
  }

  /** The first start of a window that ends after a time. */
  private firstAfter(time: Micros): Micros {
    const { slide, length } = this.steps
    return Math.floor((time - length) / slide) * slide + slide
  }

  /** @returns whether it is new. */
  private fold(tick: Tick, offset: number): boolean {
    const index = Math.floor(tick.time / this.steps.pane)
    let slot = this.newest?.index === index ? this.newest : this.slots.get(index)
    if (slot === undefined) {
      slot = { index, trades: null, ticker: null, ids: new SeenIds(), offset }
      this.slots.set(index, slot)
    }
    this.newest = slot
    if (!slot.ids.add(tick.id)) return false
    const pane = slot[tick.source] ?? new Pane()
    slot[tick.source] = pane
    pane.add(tick)
    return true
  }

  private noteLate(memberships: number): void {
    this.counts.late.events++
    this.counts.late.memberships += memberships
  }

  /** Windows of these starts that should stand already have changed, or exist only now. */
  private noteChange(from: Micros, to: Micros): void {
    const due = Math.min(to + 1, this.firstAfter(this.high - this.steps.lag))
    for (let start = from; start < due; start += this.steps.slide) {
      const former = this.given.get(start) ?? { revision: 0, at: this.high - this.steps.revise }
      const given = { ...former, changed: true }
      this.given.set(start, given)
      this.nextDue = Math.min(this.nextDue, given.at + this.steps.revise)
    }
  }

  /** Starts from one on and before another, of windows that may hold ticks, in order. */
  private starts(from: Micros, to: Micros): Micros[] {
    const { slide, length, pane } = this.steps
    const found: Micros[] = []
    if (to - from <= mostSlides * slide) {
      for (let start = from; start < to; start += slide) found.push(start)
      return found
    }
    const all = new Set<Micros>()
    for (const index of this.slots.keys()) {
      const last = Math.floor((index * pane) / slide) * slide
      for (let start = last - length + slide; start <= last; start += slide) all.add(start)
    }
    for (const start of all) if (start >= from && start < to) found.push(start)
    return found.sort((a, b) => a - b)
  }

  private dropBefore(open: Micros): void {
    const { slide, pane } = this.steps
    for (const index of this.slots.keys())
      if (Math.floor((index * pane) / slide) * slide < open) this.slots.delete(index)
    this.newest = null
  }

  private giveWindow(start: Micros, final: boolean): void {
    const { length, pane } = this.steps
    const slots: Slot[] = []
    for (let index = start / pane; index < (start + length) / pane; index++) {
      const slot = this.slots.get(index)
      if (slot !== undefined) slots.push(slot)
    }
    if (slots.length === 0) return
    const source = slots.some(({ trades }) => trades !== null) ? 'trades' : 'ticker'
    const panes = slots.flatMap(slot => slot[source] ?? [])
    const revision = (this.given.get(start)?.revision ?? 0) + 1
    if (final) this.given.delete(start)
    else this.given.set(start, { revision, at: this.high, changed: false })
    const [from, end] = [start / 1e6, (start + length) / 1e6]
    const row = { product: this.product, start: from, end, ...valuesOf(panes), revision, final, source } as const
    this.give(row, panes[panes.length - 1].lastTime)
  }
}
