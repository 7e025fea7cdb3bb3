import type { Gap, MarketEvent, Micros, Trade } from '../../core/events/event.ts'
import type { Control, Role } from '../bronze/record.ts'
import { findLastGiven, type QuoteSample, sampleLimit, sampleOf, skewLimit } from './align_connections.ts'
import {
  append,
  type Backlog,
  covers,
  endBacklog,
  isGap,
  letGo,
  newBacklog,
  placeAfter,
  quotesOf,
  shift,
  type WaitingEvent,
} from './connection_backlog.ts'

export const otherOf = { primary: 'standby', standby: 'primary' } as const

export interface MergedState {
  /** Whose events are given out. */
  active: Role
  /** They wait until their place in what was given out is found. */
  seeking: boolean
  /** Latest frame, and latest event, given out; 0 before any. */
  head: Micros
  last: Micros
  given: QuoteSample[]
  backlogs: Record<Role, Backlog>
}

/** @param last time of the product's last event so far, on whatever connection; 0 for none. */
export function newMerged(first: Role, last: Micros): MergedState {
  const backlogs = { primary: newBacklog(), standby: newBacklog() }
  return { active: otherOf[first], seeking: false, head: last, last, given: [], backlogs }
}

/** One product on two connections: whose events are due. */
export class MergedProduct {
  readonly state: MergedState
  private readonly isNewTrade: (product: string, id: string) => boolean
  private out: MarketEvent[] = []

  constructor(state: MergedState, isNewTrade: (product: string, id: string) => boolean) {
    this.state = state
    this.isNewTrade = isNewTrade
  }

  /** How many events wait. */
  get waiting(): number {
    const { primary, standby } = this.state.backlogs
    return primary.waiting.length + standby.waiting.length
  }

  /** @param frameTime when the event's frame was sent; null where that cannot be trusted. */
  take(role: Role, event: MarketEvent, frameTime: Micros | null): void {
    append(this.state.backlogs[role], event, frameTime)
  }

  end(role: Role, control: Control): void {
    endBacklog(this.state.backlogs[role], control)
  }

  silence(role: Role): void {
    this.state.backlogs[role].silent = true
  }

  /** @param keep the other connection's events are kept for so long after they were given out, for the sake of unequal clocks. */
  due(keep: Micros): MarketEvent[] {
    this.out = []
    while (this.step());
    this.forget(this.other, keep)
    return this.out
  }

  private get backlog(): Backlog {
    return this.state.backlogs[this.state.active]
  }

  private get other(): Backlog {
    return this.state.backlogs[otherOf[this.state.active]]
  }

  /** @returns whether there may be more to do. */
  private step(): boolean {
    const { state, backlog, other } = this
    if (state.seeking) return this.seek()
    for (let next = shift(backlog); next !== undefined; next = shift(backlog)) {
      if (isGap(next) && next.at > state.head) {
        this.forget(other, skewLimit)
        if (covers(other, state.head)) return this.change()
        if (covers(other, next.at - 1) && other.waiting.length > 0) return this.bridge(next.event.reason)
      }
      this.give(next)
    }
    this.forget(other, skewLimit)
    if (!other.live || other.silent) return false
    const isCovered = covers(other, state.head)
    if (backlog.live && !backlog.silent) return isCovered && state.active === 'standby' && this.comeBack()
    if (isCovered) return this.change()
    return !backlog.live && other.waiting.length > 0 && this.bridge(backlog.ended === 'stale' ? 'stale' : 'disconnect')
  }

  private change(): true {
    this.state.active = otherOf[this.state.active]
    this.state.seeking = true
    return true
  }

  /** Finds where a connection that was just taken stands; waits until that is sure, or it can only be told by time. */
  private seek(): boolean {
    const { state, backlog } = this
    this.forget(backlog, skewLimit)
    const { samples, places } = quotesOf(backlog)
    const newest = backlog.waiting.at(-1)?.at ?? 0
    const mustDecide = newest > state.head + skewLimit || !backlog.live || backlog.waiting.some(isGap)
    const last = findLastGiven(state.given, samples, !mustDecide)
    if (last < 0 && !mustDecide) return false
    this.enter(last < 0 ? placeAfter(backlog, state.head) : places[last])
    return true
  }

  /** Takes the primary again once it is as far as the standby. */
  private comeBack(): boolean {
    const { samples, places } = quotesOf(this.other)
    const last = findLastGiven(this.state.given, samples, true)
    if (last < 0) return false
    this.state.active = 'primary'
    this.enter(places[last])
    return true
  }

  /** Lets go what was given out already, by the other connection. */
  private enter(count: number): void {
    this.state.seeking = false
    for (let i = 0; i < count; i++) this.giveMissedTrade(shift(this.backlog)!)
  }

  /** Goes on with the other connection, which came too late to have everything. */
  private bridge(reason: Gap['reason']): true {
    const { state, other } = this
    state.active = otherOf[state.active]
    const [{ at, event }] = other.waiting
    if (event.type === 'gap' || state.last === 0) return true
    const { feed, product, connection, received_at } = event
    const place = { feed, product, connection, received_at, sequence: 0, index: 0 }
    const to = other.since ?? at
    this.giveGap({ type: 'gap', ...place, time: to, reason, from: state.last, to, missing: null })
    return true
  }

  private forget(idle: Backlog, keep: Micros): void {
    for (const item of letGo(idle, this.state.head, keep)) this.giveMissedTrade(item)
  }

  private give({ at, event }: WaitingEvent): void {
    const { state } = this
    if (event.type === 'gap') this.giveGap(event)
    else if (event.type === 'trade') this.giveTrade(event)
    else if (event.type === 'quote' || event.type === 'candle' || at > state.head) {
      this.out.push(event)
      state.last = Math.max(state.last, event.time)
      if (event.type === 'quote') state.given.push(sampleOf(event, at))
      if (state.given.length > sampleLimit) state.given.shift()
    }
    state.head = Math.max(state.head, at)
  }

  private giveTrade(trade: Trade): void {
    if (!this.isNewTrade(trade.product, trade.id)) return
    this.out.push(trade)
    this.state.last = Math.max(this.state.last, trade.time)
  }

  /** A trade or a candle that the active connection may not have brought; of a candle the next step knows. */
  private giveMissedTrade({ event }: WaitingEvent): void {
    if (event.type === 'trade') this.giveTrade(event)
    else if (event.type === 'candle') this.out.push(event)
  }

  private giveGap(gap: Gap): void {
    const from = Math.max(gap.from, this.state.last)
    if (from >= gap.to) return
    this.out.push({ ...gap, from })
    this.state.given = []
  }
}
