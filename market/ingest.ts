import type { Logger } from 'pino'
import { SpikeError } from '../errors.ts'
import type { Micros } from '../features/event.ts'
import type { BackoffOptions } from './backoff.ts'
import type { BronzeWriter } from './bronze.ts'
import type { Stamp } from './clock.ts'
import type { Feed } from './feed.ts'
import { openSocket } from './socket.ts'
import { createSubscriber } from './subscriber.ts'

export interface IngestOptions {
  feed: Feed
  url: string
  products: string[]
  channels: string[]
  bronze: BronzeWriter
  stamp: Stamp
  /** Connections are called `<feed>-<start>-<n>`; two runs need two starts. */
  start: string
  staleAfterMs: number
  backoff: BackoffOptions
  log: Logger
  /** Jitter of the waits; Math.random when absent. */
  random?: () => number
  /** Ends the run, cleanly. */
  signal?: AbortSignal
  /** Ends the run after so long. */
  limitMs?: number
  /** All products must be acknowledged within so long of the start, else the run fails. Later what is not is asked again. */
  acknowledgeWithinMs?: number
  /** Called for each message after it was written. */
  onFrame?: (counts: Readonly<IngestCounts>) => void
}

export interface IngestCounts {
  frames: number
  /** Of messages, as text. */
  bytes: number
  /** Connections after the first. */
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
  const { feed, url, products, bronze, stamp, log } = options
  const requests = feed.subscribe(products, options.channels)
  const counts: IngestCounts = { frames: 0, bytes: 0, reconnects: -1, stale: 0, from: null, to: null }
  let failure: SpikeError | null = null

  function take(connection: string, text: string): void {
    const received = stamp(text)
    bronze.frame(connection, received, text)
    counts.frames++
    counts.bytes += text.length
    counts.from ??= received
    counts.to = received
    subscriber.see(connection, text)
    options.onFrame?.(counts)
  }

  function fail(error: SpikeError): void {
    failure = error
    socket.close()
  }

  const within = options.acknowledgeWithinMs
  const random = options.random ?? Math.random
  const subscriber = createSubscriber({
    ...{ feed, products, requests, log, random },
    ask: () => socket.ask(),
    withinMs: within,
    backoff: options.backoff,
    onAnswered: () => clearTimeout(unanswered),
    onRefused: missing => within !== undefined && fail(notServed(missing, url)),
  })
  const socket = openSocket({
    url,
    requests,
    nameOf: n => `${feed.name}-${options.start}-${String(n).padStart(6, '0')}`,
    staleAfterMs: options.staleAfterMs,
    backoff: options.backoff,
    random,
    log,
    on: {
      open(connection) {
        counts.reconnects++
        subscriber.open(connection)
        bronze.control(connection, stamp(''), 'open')
      },
      message: take,
      stale(connection) {
        counts.stale++
        bronze.control(connection, stamp(''), 'stale')
      },
      close(connection) {
        subscriber.close()
        bronze.control(connection, stamp(''), 'close')
      },
    },
  })

  const giveUp = () => fail(notAnswered(url, within!, subscriber.complaint))
  const unanswered = within === undefined ? undefined : setTimeout(giveUp, within)
  const limit = options.limitMs === undefined ? undefined : setTimeout(() => socket.close(), options.limitMs)
  const abort = () => socket.close()
  options.signal?.addEventListener('abort', abort)
  if (options.signal?.aborted) abort()
  try {
    await socket.ended
  } finally {
    clearTimeout(unanswered)
    subscriber.close()
    clearTimeout(limit)
    options.signal?.removeEventListener('abort', abort)
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
