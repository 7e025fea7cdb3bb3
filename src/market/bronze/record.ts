import type { Micros } from '../../core/events/event.ts'

/** What happened to a connection, as bronze notes it. `filled`: the trades of a gap have all been asked for, see `backfill`. */
export type Control = 'open' | 'close' | 'stale' | 'filled'

/** Which of two connections for the same products: events come from the standby while the primary cannot give them. */
export type Role = 'primary' | 'standby'

/** What was asked for over REST after a gap: the trades of a product, bounds included. */
export interface BackfillSpan {
  /** By the exchange's own name in bronze. */
  product: string
  from: Micros
  to: Micros
}

/** One line of bronze or of a saved file, unwrapped but not decoded. Exactly one of `control`, `frame`, `dead` is set. */
export interface RawRecord {
  /** null where the file does not say. */
  received_at: Micros | null
  /** Name of the feed, see `feedByName`. */
  feed: string
  /** As bronze names it; `<basename>#<n>` in bare files. */
  connection: string
  /** Absent where a feed has one connection only. */
  role?: Role
  control?: Control
  /** The frame is a REST answer to this question; beside `filled`, the gap that is filled in. */
  backfill?: BackfillSpan
  /** The parsed frame, an object or a list. */
  frame?: unknown
  /** The frame was skimmed, see `Feed.skim`: parts of it that its feed does not read are left out. */
  skimmed?: true
  /** Verbatim text of the frame, or of the line when it is dead. */
  text?: string
  file: string
  /** Counted from 1. */
  line: number
  /** A bare file: numbered on from what the last file left, so that two parts of one recording join without a gap. */
  bare?: boolean
  /** The frame's time jumps where no time can be; its events are not to be used. */
  rejected?: 'time_jump'
  /** Why the line cannot be read. */
  dead?: string
}

/** A line of bronze: it always has a place in time. */
export type BronzeRecord = RawRecord & { received_at: Micros }

/** What could not become an event: goes to `<topic>.dlq` or is counted. */
export interface DeadLetter {
  /** A word for counting, such as `not_json`, `bad_time`, `time_ahead`, `product_of_another_feed`. */
  reason: string
  /** What the word leaves open. */
  detail?: string
  /** How many faults of its frame it stands for; one when absent. */
  count?: number
  feed: string
  connection: string
  /** null where the file does not say. */
  received_at: Micros | null
  /** `file:line`. */
  where: string
  /** The text that was refused: the frame, or the one item of it. */
  bytes: string
}
