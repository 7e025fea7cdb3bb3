import type { Logger } from 'pino'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'
import { type Backfill, createBackfill } from '../../market/backfill/backfill.ts'
import { lastRecorded } from '../../market/bronze/last_recorded.ts'
import { createBronzeWriter } from '../../market/bronze/write.ts'
import type { OpenGap } from '../../market/decode/open_gaps.ts'
import type { ConfiguredFeed } from '../../market/feeds/configured_feeds.ts'
import type { Feed } from '../../market/feeds/feed.ts'
import { simulated, simulatedOf } from '../../market/feeds/simulated.ts'
import { ingest } from '../../market/ingest.ts'
import type { IngestCounts } from '../../market/ingest_options.ts'
import { patientBackoff } from '../../market/socket/backoff.ts'
import { simulatedStamp, wallStamp } from '../../market/socket/clock.ts'
import { refuseSimulated, SimulatedExchange, sameMachine } from '../../market/socket/simulated_mark.ts'
import type { FeedStatus } from './status.ts'

/** A feed that is taken. */
export interface TakenFeed {
  feed: ConfiguredFeed
  /** Where it wants a login. */
  secret?: string
  /** Address of the exchange's REST API: trades that a gap has cost are asked for there. */
  rest?: string
}

export interface TakeFeedOptions {
  taken: TakenFeed
  /** Two connections, so that one of them may fail. */
  redundant?: boolean
  /** Whether a simulated exchange may be asked for what a gap has cost. */
  fillsGaps: boolean
  /** Folder of bronze. */
  directory: string
  log: Logger
  /** Ends it, cleanly. */
  signal: AbortSignal
  limitMs?: number
  onFrame(): void
  /** Kept up to date. */
  status: FeedStatus
}

const acknowledgeWithinMs = 10_000
/** At the end of a run, for the trades of the last gaps. */
const backfillLimitMs = 10_000

/**
 * Takes one feed to files of bronze of its own, and what its gaps have cost, until the signal or the limit. Where the exchange says in
 * its handshake that it is simulated, it begins again with the simulated twin of the feed: bronze is then marked, and gaps are filled
 * in from there or not at all.
 * @throws SpikeError as `ingest` does; SOCKET_FAILED where a simulated exchange answers in the place of the one that was recorded.
 */
export async function takeFeed(options: TakeFeedOptions): Promise<IngestCounts> {
  try {
    return await take(options)
  } catch (error) {
    if (!(error instanceof SimulatedExchange)) throw error
    const { taken, status, log } = options
    const { url } = taken.feed
    if (status.counts !== null)
      throw new SpikeError(
        'SOCKET_FAILED',
        `${url}: a simulated exchange answers now where another was recorded; none of it is taken. Record it anew, with another --raw`,
      )
    log.warn({ url }, 'a simulated exchange: everything made of it is marked as simulated')
    return take({ ...options, taken: twinOf(taken, error.rest, options.fillsGaps) })
  }
}

/** @param own where the simulated exchange answers for past trades. */
function twinOf({ feed, secret, rest }: TakenFeed, own: string, fillsGaps: boolean): TakenFeed {
  const twin = simulatedOf(feed.feed)
  const asked = rest !== undefined && sameMachine(rest, own) ? rest : own
  return {
    feed: { ...feed, feed: twin },
    secret: twin.logIn || twin.headers ? secret : undefined,
    rest: fillsGaps ? asked : undefined,
  }
}

async function take(options: TakeFeedOptions): Promise<IngestCounts> {
  const { taken, redundant, directory, log, signal, limitMs, onFrame, status } = options
  const { url, channels, products, staleAfterMs } = taken.feed
  const feed = withWantedRest(taken.feed)
  const symbols = products.map(({ symbol }) => symbol)
  const bronze = createBronzeWriter({ directory, feed: feed.name })
  const start = isoTime(wallStamp()('')).replace(/[-:.]/g, '')
  const { stamp, note: noteDate } = clockOf(feed)
  const backfill = openBackfill(taken, feed, { bronze, stamp, name: `${feed.name}-${start}-backfill`, log })
  const broken = new AbortController()
  Object.assign(status, {
    bronzeBytes: () => bronze.bytes,
    backfill: () => backfill?.counts ?? null,
    files: bronze.files,
    fillIn: (gaps: readonly OpenGap[]) => backfill?.ask(gaps.flatMap(gap => askedFor(gap, feed.name, products))),
  })
  try {
    const counts = await ingest({
      ...{ feed, url, channels, staleAfterMs, bronze, stamp, start, acknowledgeWithinMs, log },
      ...{ secret: taken.secret, redundant, limitMs, products: symbols },
      since: feed.poll && lastRecorded(directory, feed.name),
      onHandshake: headers => {
        refuseSimulated(headers, { venue: feed.venue, rest: taken.rest })
        noteDate(headers.date)
      },
      backoff: patientBackoff,
      signal: AbortSignal.any([signal, broken.signal]),
      onFrame: counts => {
        if (status.counts === null)
          backfill?.askHistory(symbols, (product, said) => broken.abort(notKnown(product, said)))
        status.counts = counts
        status.messageAt = performance.now()
        onFrame()
      },
    })
    await backfill?.close(signal.aborted || broken.signal.aborted ? 0 : backfillLimitMs)
    broken.signal.throwIfAborted()
    return counts
  } finally {
    await backfill?.close(0)
    bronze.close()
  }
}

type BackfillParts = Pick<Parameters<typeof createBackfill>[0], 'bronze' | 'stamp' | 'name' | 'log'>

function openBackfill({ rest }: TakenFeed, feed: Feed, parts: BackfillParts): Backfill | null {
  return rest !== undefined && feed.rest ? createBackfill({ feed, url: rest, ...parts }) : null
}

/** Candles are asked for only where they are listened to. */
function withWantedRest({ feed, channels }: ConfiguredFeed): Feed {
  const { rest } = feed
  if (rest?.candles === undefined || channels.includes(rest.candles.channel)) return feed
  return { ...feed, rest: { ...rest, candles: undefined } }
}

/** Where frames have the time of their receipt, that of a simulated market is meant: ours is another day. */
function clockOf(feed: Feed): ReturnType<typeof simulatedStamp> {
  const isSimulated = feed.venue === simulated.venue && feed.clock === 'receipt'
  return isSimulated ? simulatedStamp() : { stamp: wallStamp(), note: () => {} }
}

/** A gap of this feed, by the exchange's own name of its product. */
function askedFor(gap: OpenGap, feed: string, products: ConfiguredFeed['products']): OpenGap[] {
  const listing = gap.feed === feed ? products.find(({ as }) => as === gap.product) : undefined
  return listing ? [{ ...gap, product: listing.symbol }] : []
}

function notKnown(product: string, said: string): SpikeError {
  return new SpikeError(
    'BAD_ARGUMENT',
    `${product}: the exchange has no such product ('${said}'); name one that it lists`,
  )
}
