import { SpikeError } from '../errors.ts'
import type { Role } from './bronze/record.ts'
import { loginRefusal } from './feeds/login_variable.ts'
import type { IngestCounts, IngestOptions } from './ingest_options.ts'
import { pollFeed } from './poll/poll_feed.ts'
import { listenToFeed } from './socket/listen.ts'

/**
 * Takes a feed's messages from its socket to bronze. Each is written before anything reads it, as are openings, closings
 * and silences. Ends by the signal, by the limit, or when the server says that the market is over; bronze is then on disk.
 * @throws SpikeError BAD_ARGUMENT for products that the exchange does not serve and a login that it does not take, SOCKET_FAILED when it does not answer;
 * what the disk said when bronze cannot be written.
 */
export async function ingest(options: IngestOptions): Promise<IngestCounts> {
  const { feed, url, bronze, redundant = false } = options
  if (feed.poll) return pollFeed(options, feed.poll)
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
      onRefusal: status => !answered && within !== undefined && isFinal(status) && fail(refusal(options, status)),
      onNoLogin: said => fail(loginRefusal(options.feed, url, said)),
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

/** Of too many requests and of faults of the server another try may come to something. */
const isFinal = (status: number): boolean => status !== 429 && status < 500

function refusal({ feed, url }: IngestOptions, status: number): SpikeError {
  if (status === 401 || status === 403) return loginRefusal(feed, url, `status ${status}`)
  const other = feed.fallbackUrl === undefined || url === feed.fallbackUrl ? '' : `; give --url ${feed.fallbackUrl}`
  const what =
    status === 451
      ? `refuses this region (status 451)${other || '; another exchange may serve it'}`
      : `answers like a web page (status ${status}), not like an exchange's WebSocket; check the address`
  return new SpikeError('SOCKET_FAILED', `${url} ${what}`)
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
