import type { Incoming, Position } from '../streams/port.ts'

/** What a write came to. */
export interface Written {
  /** Rows that are new, or have a higher revision than what stood there. */
  changed: number
  /** Records that are no row; they stand in `store_refused` with their reason. */
  refused: number
}

/** Who writes: one life of a process after another has the same holder, another process another one. */
export interface Claim {
  holder: string
  /** It had the topic before: it is fenced where another holder took it since, and fences nobody. */
  held: boolean
}

/**
 * Where the rows of one topic rest, as `openStore` opens it. All stores pass `test/stores/conformance.test.ts`.
 * @throws SpikeError from every call: STORE_UNAVAILABLE, which can be retried by opening it anew (whether a write was committed,
 * its position tells); STORE_REFUSED, TOPIC_MISMATCH and WRITER_FENCED, which cannot.
 */
export interface Store {
  /** Where a commit is dear: so many records, or what comes in so many seconds, are brought together. */
  gather?: { records: number; seconds: number }
  /** Where to read on, one a partition that was written before. */
  position(): Promise<Position[]>
  /**
   * Writes rows and position in one transaction; what the store has by its position is left out. Of a window the highest
   * revision stays, whatever the order.
   */
  write(batch: Incoming[], upTo: Position[]): Promise<Written>
  close(): Promise<void>
}
