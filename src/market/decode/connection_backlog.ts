import type { Gap, MarketEvent, Micros } from '../../core/events/event.ts'
import type { Control } from '../bronze/record.ts'
import { type Sample, sampleLimit, sampleOf, skewLimit } from './align_connections.ts'

/** An event, and when its frame was sent. */
export interface Item {
  at: Micros
  event: MarketEvent
}

/** What one of two connections brought of a product and nobody was given yet. Plain data inside, no clock. */
export interface LaneState {
  /** From here on `waiting` is without a break, up to the first gap in it; null before any event. */
  since: Micros | null
  /** Its connection is open and has brought the product. */
  live: boolean
  /** It is, but brings nothing while the other one does. */
  silent: boolean
  /** How its connection ended; null while it is live. */
  ended: Control | null
  /** Its last quotes that wait no more. */
  tail: Sample[]
  waiting: Item[]
}

export function newLane(): LaneState {
  return { since: null, live: false, silent: false, ended: null, tail: [], waiting: [] }
}

export function isGap(item: Item | undefined): item is { at: Micros; event: Gap } {
  return item?.event.type === 'gap'
}

/** Adds what came; one without a frame's time stands at its own. */
export function append(lane: LaneState, event: MarketEvent, frameTime: Micros | null): void {
  const at = event.type === 'gap' ? event.to : (frameTime ?? event.time)
  lane.since ??= at
  lane.live = true
  lane.silent = false
  lane.ended = null
  lane.waiting.push({ event, at })
}

/** Its connection brings no more. */
export function endLane(lane: LaneState, control: Control): void {
  lane.live = false
  if (control !== 'open') lane.ended ??= control
}

/** Whether it has everything after `time`. */
export function covers(lane: LaneState, time: Micros): boolean {
  return lane.live && lane.since !== null && lane.since <= time
}

/** Takes the first waiting event out. */
export function shift(lane: LaneState): Item | undefined {
  const item = lane.waiting.shift()
  if (item !== undefined) pass(lane, item)
  return item
}

/**
 * Lets go what the other connection gave out, up to `head`, but for what two unequal clocks may still need.
 * @returns what was let go.
 */
export function letGo(lane: LaneState, head: Micros, keep: Micros = skewLimit): Item[] {
  const { waiting } = lane
  let count = 0
  while (count < waiting.length && waiting[count].at <= head - keep) count++
  for (let i = waiting.length - 1; i >= count; i--) if (isGap(waiting[i]) && waiting[i].at <= head) count = i + 1
  const gone = waiting.splice(0, count)
  for (const item of gone) pass(lane, item)
  return gone
}

/** The quotes before the first gap, with the number of waiting items up to each; 0 for those that wait no more. */
export function quotesOf(lane: LaneState): { samples: Sample[]; places: number[] } {
  const samples = [...lane.tail]
  const places = lane.tail.map(() => 0)
  for (const [i, item] of lane.waiting.entries()) {
    if (isGap(item)) break
    if (item.event.type !== 'quote') continue
    samples.push(sampleOf(item.event, item.at))
    places.push(i + 1)
  }
  return { samples, places }
}

/** Number of waiting items before the first gap whose frames were not sent after `time`. */
export function placeAfter(lane: LaneState, time: Micros): number {
  const place = lane.waiting.findIndex(item => item.at > time || isGap(item))
  return place < 0 ? lane.waiting.length : place
}

function pass(lane: LaneState, { at, event }: Item): void {
  if (event.type === 'gap') {
    lane.since = event.to
    lane.tail = []
  } else if (event.type === 'quote') {
    lane.tail.push(sampleOf(event, at))
    if (lane.tail.length > sampleLimit) lane.tail.shift()
  }
}
