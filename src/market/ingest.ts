import type { Micros } from '../core/events/event.ts'
import { SpikeError } from '../errors.ts'
import type { Role } from './bronze/record.ts'
import { type ListenTo, listenToFeed } from './socket/listen.ts'

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

/**
 * Takes a feed's messages from its socket to bronze. Each is written before anything reads it, as are openings, closings
 * and silences. Ends by the signal, by the limit, or when the server says that the market is over; bronze is then on disk.
 * @throws SpikeError BAD_ARGUMENT for products that the exchange does not serve, SOCKET_FAILED when it does not answer;
 * what the disk said when bronze cannot be written.
 */
export async function ingest(options: IngestOptions): Promise<IngestCounts> {
  const { url, bronze, redundant = false } = options
  const roles: (Role | undefined)[] = redundant ? ['primary', 'standby'] : [undefined]
  const counts: IngestCounts = { frames: 0, bytes: 0, reconnects: -roles.length, stale: 0, from: null, to: null }
  const within = options.acknowledgeWithinMs
  let failure: SpikeError | null = null
  let answered = false

  const listeners = roles.map(role =>
    listenToFeed({
      ...options,
      role,
      withinMs: within,
      random: options.random ?? Math.random,
      onOpen() {
        counts.reconnects++
      },
      onMessage(text, received_at) {
        counts.frames++
        counts.bytes += text.length
        counts.from ??= received_at
        counts.to = received_at
        options.onFrame?.(counts)
      },
      onStale() {
        counts.stale++
      },
      onAnswered() {
        answered = true
        clearTimeout(unanswered)
      },
      wasAnswered: () => answered,
      onRefused: missing => within !== undefined && fail(notServed(missing, url)),
    }),
  )
  const close = () => {
    for (const listener of listeners) listener.close()
  }
  const fail = (error: SpikeError) => {
    failure = error
    close()
  }
  const complaint = () => listeners.map(({ subscriber }) => subscriber.complaint).find(text => text !== null) ?? null
  const giveUp = () => fail(notAnswered(url, within!, complaint()))
  const unanswered = within === undefined ? undefined : setTimeout(giveUp, within)
  const limit = options.limitMs === undefined ? undefined : setTimeout(close, options.limitMs)
  options.signal?.addEventListener('abort', close)
  if (options.signal?.aborted) close()
  try {
    await Promise.all(listeners.map(({ ended }) => ended))
  } finally {
    clearTimeout(unanswered)
    clearTimeout(limit)
    options.signal?.removeEventListener('abort', close)
    close()
    await Promise.allSettled(listeners.map(({ ended }) => ended))
  }
  bronze.flush(true)
  if (failure) throw failure
  return { ...counts, reconnects: Math.max(0, counts.reconnects) }
}

function notServed(missing: string[], url: string): SpikeError {
  return new SpikeError(
    'BAD_ARGUMENT',
    missing.map(product => `${product}: ${url} does not serve this product; name one that it lists, such as BTC-USD`),
  )
}

function notAnswered(url: string, within: number, complaint: string | null): SpikeError {
  const said = complaint === null ? '' : `; it said '${complaint}'`
  return new SpikeError(
    'SOCKET_FAILED',
    `${url}: no acknowledgement of the subscription within ${within / 1000} s${said}; check the address and the network`,
  )
}
