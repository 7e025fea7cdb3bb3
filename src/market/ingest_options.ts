import type { Micros } from '../core/events/event.ts'
import type { ListenTo } from './socket/listen.ts'

export interface IngestOptions extends ListenTo {
  /** Two connections for the same products: what befalls one of them at a time costs no event. */
  redundant?: boolean
  /** Jitter of the waits; Math.random when absent. */
  random?: () => number
  /** Ends the run, cleanly. */
  signal?: AbortSignal
  /** Ends the run after so long. */
  limitMs?: number
  /** All products must be acknowledged, on one connection, within so long of the start, else the run fails. Later what is not is asked again. */
  acknowledgeWithinMs?: number
  /** A feed that is polled: what came out from then on is asked for; from now when absent. */
  since?: Micros
  /** Called for each message after it was written. */
  onFrame?: (counts: Readonly<IngestCounts>) => void
}

export interface IngestCounts {
  frames: number
  /** Of messages, as text. */
  bytes: number
  /** Connections after the first; after the first two of a redundant run. */
  reconnects: number
  stale: number
  /** When the first and the last message were received. */
  from: Micros | null
  to: Micros | null
}
