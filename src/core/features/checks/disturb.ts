import type { MarketEvent, Micros } from '../../events/event.ts'

/** What is done to a stream of events before the engine sees it. */
export interface Disturbance {
  /** An event may be delayed until events so many seconds younger have passed. */
  shuffle_s: number
  /** Share of the events that come twice, and share that never come: in [0, 1). */
  duplicate: number
  drop: number
  seed: number
}

interface Waiting {
  event: MarketEvent
  /** Event time of its product at which it is let go. */
  due: Micros
  arrival: number
}

/** The events of one product that wait, as a binary heap, and the highest time it has shown. */
interface Lane {
  clock: Micros
  waiting: Waiting[]
}

/**
 * Delays, repeats and loses events, product by product, holding no more than `shuffle_s` of them. An event comes out no
 * further behind the others of its product than `shuffle_s`, or than it came in. One that came in too late for its second
 * stays behind all that were before it, so that it is as late as it was.
 */
export class Disturber {
  readonly disturbance: Disturbance
  dropped = 0
  repeated = 0
  private readonly lanes = new Map<string, Lane>()
  private readonly bound: Micros
  private readonly random: () => number
  private arrivals = 0

  /**
   * @param outOfOrderness of the engine, in seconds: what comes later than this is late.
   * @param random uniform numbers in [0, 1); seeded by the caller.
   */
  constructor(disturbance: Disturbance, outOfOrderness: number, random: () => number) {
    this.disturbance = disturbance
    this.bound = outOfOrderness * 1e6
    this.random = random
  }

  /** Takes one event in and gives out those whose turn has come. */
  push(event: MarketEvent): MarketEvent[] {
    const { duplicate, drop } = this.disturbance
    const lane = this.laneOf(event)
    if (event.time > lane.clock) lane.clock = event.time
    if (this.random() < drop) this.dropped++
    else {
      this.hold(lane, event)
      if (this.random() < duplicate) {
        this.repeated++
        this.hold(lane, event)
      }
    }
    return release(lane, lane.clock)
  }

  /** Gives out all that still waits. */
  end(): MarketEvent[] {
    return [...this.lanes.values()].flatMap(lane => release(lane, Number.POSITIVE_INFINITY))
  }

  private laneOf({ product }: MarketEvent): Lane {
    let lane = this.lanes.get(product)
    if (lane === undefined) {
      lane = { clock: Number.NEGATIVE_INFINITY, waiting: [] }
      this.lanes.set(product, lane)
    }
    return lane
  }

  private hold({ clock, waiting }: Lane, event: MarketEvent): void {
    const shuffle = this.disturbance.shuffle_s * 1e6
    const late = Math.floor(event.time / 1e6) < Math.floor((clock - this.bound) / 1e6)
    const room = late ? shuffle : Math.max(0, event.time + shuffle - clock) * this.random()
    push(waiting, { event, due: clock + room, arrival: this.arrivals++ })
  }
}

function release({ waiting }: Lane, until: Micros): MarketEvent[] {
  const due: MarketEvent[] = []
  while (waiting.length > 0 && waiting[0].due <= until) due.push(pop(waiting))
  return due
}

function before(a: Waiting, b: Waiting): boolean {
  return a.due < b.due || (a.due === b.due && a.arrival < b.arrival)
}

function push(heap: Waiting[], item: Waiting): void {
  let place = heap.length
  while (place > 0) {
    const parent = (place - 1) >> 1
    if (!before(item, heap[parent])) break
    heap[place] = heap[parent]
    place = parent
  }
  heap[place] = item
}

function pop(heap: Waiting[]): MarketEvent {
  const { event } = heap[0]
  const item = heap.pop()!
  let place = 0
  for (let child = 1; child < heap.length; child = 2 * place + 1) {
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++
    if (!before(heap[child], item)) break
    heap[place] = heap[child]
    place = child
  }
  if (heap.length > 0) heap[place] = item
  return event
}
