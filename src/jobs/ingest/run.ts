import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { isoTime } from '../../core/math/time.ts'
import { createBackfill } from '../../market/backfill/backfill.ts'
import { createBronzeWriter } from '../../market/bronze/write.ts'
import type { OpenGap } from '../../market/decode/open_gaps.ts'
import type { ConfiguredFeed } from '../../market/feeds/configured_feeds.ts'
import { type IngestCounts, ingest } from '../../market/ingest.ts'
import type { Published } from '../../market/published_counts.ts'
import { createPublisher } from '../../market/publisher.ts'
import { patientBackoff } from '../../market/socket/backoff.ts'
import { wallStamp } from '../../market/socket/clock.ts'
import type { Streams } from '../../streams/port.ts'
import { type IngestStatus, newIngestStatus } from './status.ts'
import { watchIngest } from './watch.ts'

export interface IngestJobOptions {
  /** The products of its feeds are published. */
  config: Config
  /** What is listened to. */
  feed: ConfiguredFeed
  /** For a feed that wants a login. */
  secret?: string
  /** Address of the exchange's REST API: trades that a gap has cost are asked for there. */
  rest?: string
  /** Two connections, so that one of them may fail. */
  redundant?: boolean
  /** Folder of bronze. */
  directory: string
  streams: Streams
  log: Logger
  /** Ends the job, cleanly. */
  signal: AbortSignal
  limitMs?: number
  onProgress?: (counts: Readonly<IngestCounts>, published: Readonly<Published>) => void
  /** Kept up to date while the job runs. */
  status?: IngestStatus
}

export interface IngestSummary extends IngestCounts {
  published: Published
  files: string[]
}

const acknowledgeWithinMs = 10_000
/** At the end of a run, for the trades of the last gaps. */
const backfillLimitMs = 10_000

/**
 * Takes a feed to bronze and, as it goes, from bronze to `ticks.raw`. At the end everything written is on disk and
 * published. Topics that are away are waited for: bronze is the truth and holds what is not published. Where they fail for
 * good, the job ends too, and the next one goes on there.
 * @throws SpikeError as `ingest` and the topics do.
 */
export async function runIngestJob(options: IngestJobOptions): Promise<IngestSummary> {
  const { log, onProgress } = options
  const { feed, url, channels, products, staleAfterMs } = options.feed
  const status = options.status ?? newIngestStatus()
  const { publisher, bronze, backfill, stamp, start } = openParts(options, status)
  const written = new AbortController()
  const broken = new AbortController()
  const stopWatching = watchIngest(status, publisher, log, error => broken.abort(error))
  const publishing = publisher.follow(written.signal)
  publishing.catch(error => broken.abort(error))
  try {
    const counts = await ingest({
      ...{ feed, url, channels, staleAfterMs, bronze, stamp, start, acknowledgeWithinMs, log },
      ...{ secret: options.secret, redundant: options.redundant, limitMs: options.limitMs },
      products: products.map(({ symbol }) => symbol),
      backoff: patientBackoff,
      signal: AbortSignal.any([options.signal, broken.signal]),
      onFrame: counts => {
        status.counts = counts
        status.messageAt = performance.now()
        onProgress?.(counts, publisher.published)
      },
    })
    await backfill?.close(options.signal.aborted ? 0 : backfillLimitMs)
    written.abort()
    await publishing
    broken.signal.throwIfAborted()
    return { ...counts, published: publisher.published, files: [...bronze.files] }
  } finally {
    await backfill?.close(0)
    written.abort()
    stopWatching()
    await publishing.catch(error => log.error({ reason: (error as Error).message }, 'not everything is published'))
    try {
      bronze.close()
    } finally {
      await publisher.close()
    }
  }
}

/** Bronze, the publisher that follows it, and the back-fill of the gaps that it finds; the status shows them. */
function openParts(
  { config, feed: { feed, products }, rest, directory, streams, log }: IngestJobOptions,
  status: IngestStatus,
) {
  const bronze = createBronzeWriter({ directory, feed: feed.name })
  const stamp = wallStamp()
  const start = isoTime(stamp('')).replace(/[-:.]/g, '')
  const name = `${feed.name}-${start}-backfill`
  const backfill =
    rest !== undefined && feed.rest ? createBackfill({ feed, url: rest, bronze, stamp, name, log }) : null
  const publisher = createPublisher({
    streams,
    config,
    bronze: { directory },
    onRetry(error, pause_ms) {
      status.retries++
      status.fault = { reason: error.message, records: publisher.published.records }
      log.warn({ code: error.code, reason: error.message, pause_ms }, 'not published; bronze keeps it')
    },
    onOpenGaps: gaps => backfill?.ask(gaps.flatMap(gap => askedFor(gap, feed.name, products))),
  })
  status.published = publisher.published
  status.bronzeBytes = () => bronze.bytes
  status.backlogBytes = publisher.backlogBytes
  status.backfill = () => backfill?.counts ?? null
  return { publisher, bronze, backfill, stamp, start }
}

/** A gap of this feed, by the exchange's own name of its product. */
function askedFor(gap: OpenGap, feed: string, products: ConfiguredFeed['products']): OpenGap[] {
  const listing = gap.feed === feed ? products.find(({ as }) => as === gap.product) : undefined
  return listing ? [{ ...gap, product: listing.symbol }] : []
}
