import type { Incoming } from '../streams/port.ts'
import type { Kind } from './topics_served.ts'

/** One record on its way to browsers. */
export interface ServedEvent {
  kind: Kind
  partition: number
  offset: number
  product: string
  /** One line of JSON. */
  data: string
}

/** The next offset of each place, a place being `candle:0`: topic by what it holds, and partition. */
export type Places = Map<string, number>

/**
 * The last records of all topics in the order of their arrival. An event's id says of every partition how far it has been read,
 * such as `candle:0:17,prediction:1:204`: topic, partition and the next offset. With it a browser that comes back, to this
 * process or to the next one, gets what it has not seen and nothing else.
 */
export class EventLog {
  private readonly most: number
  private readonly events: ServedEvent[] = []
  /** First offset of each place that is here. */
  private readonly first: Places = new Map()
  readonly next: Places = new Map()

  constructor(most = 20_000) {
    this.most = most
  }

  /** Where a place begins, before its first record: what lies before that is not here. */
  begin(kind: Kind, partition: number, offset: number): void {
    const place = placeOf(kind, partition)
    if (this.first.has(place)) return
    this.first.set(place, offset)
    this.next.set(place, offset)
  }

  add(kind: Kind, { partition, offset, key, value }: Incoming): ServedEvent {
    const event = { kind, partition, offset, product: key, data: value.toString() }
    const place = placeOf(kind, partition)
    if (!this.first.has(place)) this.first.set(place, offset)
    this.next.set(place, offset + 1)
    this.events.push(event)
    if (this.events.length > 2 * this.most)
      for (const one of this.events.splice(0, this.events.length - this.most))
        this.first.set(placeOf(one.kind, one.partition), one.offset + 1)
    return event
  }

  /**
   * What a reader has not seen yet, in the order of arrival; null where some of it is no longer here, or a place is not known as
   * it was: then it has to load everything anew.
   */
  after(seen: Places): ServedEvent[] | null {
    for (const [place, offset] of seen) {
      const [first, next] = [this.first.get(place), this.next.get(place)]
      if (first === undefined || next === undefined || offset < first || offset > next) return null
    }
    return this.events.filter(({ kind, partition, offset }) => offset >= (seen.get(placeOf(kind, partition)) ?? 0))
  }
}

export function placeOf(kind: Kind, partition: number): string {
  return `${kind}:${partition}`
}

export function encodePlaces(places: Places): string {
  return [...places].map(([place, offset]) => `${place}:${offset}`).join(',')
}

/** The inverse of `encodePlaces`; null for any other text. */
export function decodePlaces(text: string): Places | null {
  if (!/^[a-z]+:\d{1,6}:\d{1,15}(,[a-z]+:\d{1,6}:\d{1,15}){0,199}$/.test(text)) return null
  return new Map(
    text.split(',').map(one => {
      const cut = one.lastIndexOf(':')
      return [one.slice(0, cut), Number(one.slice(cut + 1))]
    }),
  )
}
