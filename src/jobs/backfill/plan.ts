import type { Config } from '../../config.ts'
import { horizonSeconds } from '../../core/features/label.ts'
import { historySeconds } from '../../core/features/window/history.ts'
import type { Manifest, Segment } from './manifest.ts'

/** What a worker needs to make the rows of one stretch of time of one product. */
export interface Chunk {
  product: string
  /** Rows with from <= T < to are given out; microseconds. */
  from: number
  to: number
  /** Events count from the first at which time had come that far … */
  warm: number
  /** … up to and with the first that comes when it had come this far. */
  until: number
  segments: Segment[]
  simulated: boolean
}

/** Seconds before a chunk from which events are taken in: a row hangs on no bar before them. */
const warmUpSeconds = ({ time }: Config): number => historySeconds + time.carry_s + time.out_of_orderness_s + 8

/**
 * Cuts an archive into chunks, in the order (product, time). The events of a chunk are one contiguous stretch of those of its
 * product, since the highest time so far never falls: from where the bars of its first row's look-back are open, to where the
 * returns after its last row are closed.
 * @param seconds length of a chunk; a part of a day.
 */
export function planChunks({ products, simulated }: Manifest, seconds: number, config: Config): Chunk[] {
  const length = seconds * 1e6
  const { out_of_orderness_s } = config.time
  const after = (horizonSeconds + out_of_orderness_s) * 1e6
  return Object.keys(products)
    .sort()
    .flatMap(product => {
      const { begins, segments } = products[product]
      const high = segments.at(-1)?.high ?? null
      if (begins === null || high === null) return []
      const chunks: Chunk[] = []
      for (let from = floorTo(begins - out_of_orderness_s * 1e6, length); from <= high; from += length) {
        const to = from + length
        const warm = from - warmUpSeconds(config) * 1e6
        const until = to + after
        const own = segments.filter(segment => reaches(segment, warm) && !beginsAfter(segment, until))
        chunks.push({ product, from, to, warm, until, segments: own, simulated })
      }
      return chunks
    })
}

const floorTo = (time: number, length: number): number => Math.floor(time / length) * length
const reaches = ({ high }: Segment, warm: number): boolean => high !== null && high >= warm
const beginsAfter = ({ high_before }: Segment, until: number): boolean => high_before !== null && high_before >= until
