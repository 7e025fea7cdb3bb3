import { isoTime } from '../../core/math/time.ts'
import type { Side } from '../columns/side.ts'

/** A stretch without rows of one product. */
export interface Hole {
  product: string
  from: string
  to: string
  seconds: number
  /** Long enough that the features start anew after it. */
  reset: boolean
}

export interface Timeline {
  product: string
  rows: number
  from: string
  to: string
  /** Rows over the seconds from the first to the last. */
  coverage: number
  holes: number
  resets: number
  /** Rows whose time stands there more than once. */
  repeated: number
}

/** At most so many holes are listed, the longest; all are counted. */
export const holesListed = 200

/** Where rows are missing. A row stands for one second; a step of more than one second to the next row is a hole. */
export function describeTimeline(side: Side, resetSeconds: number): { products: Timeline[]; holes: Hole[] } {
  const holes: Hole[] = []
  const products: Timeline[] = []
  for (let from = 0; from < side.rows; ) {
    const product = side.product[from]
    const own: Hole[] = []
    let repeated = 0
    let row = from + 1
    for (; row < side.rows && side.product[row] === product; row++) {
      const seconds = (side.time[row] - side.time[row - 1]) / 1e6 - 1
      if (seconds === -1) repeated++
      if (seconds >= 1)
        own.push({
          product,
          from: isoTime(side.time[row - 1]),
          to: isoTime(side.time[row]),
          seconds,
          reset: seconds >= resetSeconds,
        })
    }
    const rows = row - from
    const span = (side.time[row - 1] - side.time[from]) / 1e6 + 1
    products.push({
      product,
      rows,
      from: isoTime(side.time[from]),
      to: isoTime(side.time[row - 1]),
      coverage: Math.min(1, (rows - repeated) / span),
      holes: own.length,
      resets: own.filter(hole => hole.reset).length,
      repeated,
    })
    for (const hole of own) holes.push(hole)
    from = row
  }
  holes.sort((a, b) => b.seconds - a.seconds)
  return { products, holes: holes.slice(0, holesListed) }
}
