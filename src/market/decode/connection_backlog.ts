import type { Gap, MarketEvent, Micros } from '../../core/events/event.ts'
import type { Control } from '../bronze/record.ts'
import { type QuoteSample, sampleLimit, sampleOf, skewLimit } from './align_connections.ts'

/** An event, and when its frame was sent. */
export interface WaitingEvent {
  at: Micros
  event: MarketEvent
}

/** What one of two connections brought of a product and nobody was given yet. Plain data inside, no clock. */
export interface Backlog {
  /** From here on `waiting` is without a break, up to the first gap in it; null before any event. */
  since: Micros | null
  /** Its connection is open and has brought the product. */
  live: boolean
  /** It is, but brings nothing while the other one does. */
  silent: boolean
  /** How its connection ended; null while it is live. */
  ended: Control | null
  /** Its last quotes that wait no more. */
  tail: QuoteSample[]
  waiting: WaitingEvent[]
}

export function newBacklog(): Backlog {
  return { since: null, live: false, silent: false, ended: null, tail: [], waiting: [] }
}

export function isGap(item: WaitingEvent | undefined): item is { at: Micros; event: Gap } {
  return item?.event.type === 'gap'
}

/** Adds what came; one without a frame's time stands at its own. */
export function append(backlog: Backlog, event: MarketEvent, frameTime: Micros | null): void {
  const at = event.type === 'gap' ? event.to : (frameTime ?? event.time)
  backlog.since ??= at
  backlog.live = true
  backlog.silent = false
  backlog.ended = null
  backlog.waiting.push({ event, at })
}

/** Its connection brings no more. */
export function endBacklog(backlog: Backlog, control: Control): void {
  backlog.live = false
  if (control !== 'open') backlog.ended ??= control
}

/** Whether it has everything after `time`. */
export function covers(backlog: Backlog, time: Micros): boolean {
  return backlog.live && backlog.since !== null && backlog.since <= time
}

/** Takes the first waiting event out. */
export function shift(backlog: Backlog): WaitingEvent | undefined {
  const item = backlog.waiting.shift()
  if (item !== undefined) pass(backlog, item)
  return item
}

/**
 * Lets go what the other connection gave out, up to `head`, but for what two unequal clocks may still need.
 * @returns what was let go.
 */
export function letGo(backlog: Backlog, head: Micros, keep: Micros = skewLimit): WaitingEvent[] {
  const { waiting } = backlog
  let count = 0
  while (count < waiting.length && waiting[count].at <= head - keep) count++
  for (let i = waiting.length - 1; i >= count; i--) if (isGap(waiting[i]) && waiting[i].at <= head) count = i + 1
  const gone = waiting.splice(0, count)
  for (const item of gone) pass(backlog, item)
  return gone
}

/** The quotes before the first gap, with the number of waiting items up to each; 0 for those that wait no more. */
export function quotesOf(backlog: Backlog): { samples: QuoteSample[]; places: number[] } {
  const samples = [...backlog.tail]
  const places = backlog.tail.map(() => 0)
  for (const [i, item] of backlog.waiting.entries()) {
    if (isGap(item)) break
    if (item.event.type !== 'quote') continue
    samples.push(sampleOf(item.event, item.at))
    places.push(i + 1)
  }
  return { samples, places }
}

/** Number of waiting items before the first gap whose frames were not sent after `time`. */
export function placeAfter(backlog: Backlog, time: Micros): number {
  const place = backlog.waiting.findIndex(item => item.at > time || isGap(item))
  return place < 0 ? backlog.waiting.length : place
}

function pass(backlog: Backlog, { at, event }: WaitingEvent): void {
  if (event.type === 'gap') {
    backlog.since = event.to
    backlog.tail = []
  } else if (event.type === 'quote') {
    backlog.tail.push(sampleOf(event, at))
    if (backlog.tail.length > sampleLimit) backlog.tail.shift()
  }
}
