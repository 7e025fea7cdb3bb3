import { compareEvents, type MarketEvent, type Micros } from '../../events/event.ts'
import type { EngineSettings } from '../engine.ts'
import { Engines } from '../engines.ts'

export interface PerturbationVerdict {
  verdict: 'passed' | 'failed'
  /** Moments T at which the future was changed, and rows compared over all of them. */
  moments: number
  rows: number
  /** The first difference, for people; empty when passed. */
  detail: string
}

/** Rows that some way of computing features gives, by `product time`. */
export type ComputeRows = (events: MarketEvent[]) => Map<string, Float64Array>

type Change = (events: MarketEvent[], t: Micros) => MarketEvent[]

const isPast = (t: Micros) => (event: MarketEvent) => event.time < t

/** Three ways to have another future: none, other prices, more of it. */
const changes: Record<string, Change> = {
  removed: (events, t) => events.filter(isPast(t)),
  changed: (events, t) => events.map(event => (event.time < t ? event : withOtherPrices(event))),
  added: (events, t) =>
    events.flatMap(event => (event.time < t ? [event] : [event, withOtherPrices({ ...event, connection: 'added' })])),
}

/**
 * The leak test: whatever is changed, added or removed at or after T, no feature of any row up to T may move by one bit.
 * @param events a few thousand are enough; they are put in order first, so that none of them is late.
 * @param random uniform numbers in [0, 1); seeded by the caller.
 */
export function checkPerturbation(
  events: MarketEvent[],
  compute: ComputeRows,
  random: () => number,
  moments = 2,
): PerturbationVerdict {
  const sorted = events.toSorted(compareEvents)
  const times = sorted.map(event => event.time)
  const expected = compute(sorted)
  let rows = 0
  for (let moment = 0; moment < moments && times.length > 0; moment++) {
    const t = times[Math.floor((0.3 + 0.65 * random()) * times.length)]
    for (const [name, change] of Object.entries(changes)) {
      const found = compute(change(sorted, t))
      for (const [key, values] of found) {
        const before = expected.get(key)
        if (Number(key.slice(key.indexOf(' ') + 1)) > t) continue
        rows++
        if (before === undefined || !sameBits(values, before))
          return {
            verdict: 'failed',
            moments,
            rows,
            detail: `row ${key} moved when the events from ${t} on were ${name}`,
          }
      }
    }
  }
  return { verdict: 'passed', moments, rows, detail: '' }
}

/** The engine's rows, as `checkPerturbation` wants them. */
export function engineRows(settings: EngineSettings): ComputeRows {
  return events => {
    const rows = new Map<string, Float64Array>()
    const engines = new Engines(settings, {
      row: (product, time, values) => rows.set(`${product} ${time}`, Float64Array.from(values)),
    })
    for (const event of events) engines.push(event)
    return rows
  }
}

function withOtherPrices(event: MarketEvent): MarketEvent {
  if (event.type === 'quote') return { ...event, bid: times(event.bid, 2), ask: times(event.ask, 3), bid_size: '7' }
  if (event.type === 'trade') return { ...event, id: `${event.id}9`, price: times(event.price, 2) as string }
  return event
}

function times(price: string | null, factor: number): string | null {
  return price === null ? null : String(Number(price) * factor)
}

function sameBits(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, i) => Object.is(value, b[i]))
}
