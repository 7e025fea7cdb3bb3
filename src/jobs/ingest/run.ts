import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { type Backfill, createBackfill } from '../../market/backfill/backfill.ts'
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
  const { config, rest, redundant, directory, streams, log, limitMs, onProgress } = options
  const { feed, url, channels, products, staleAfterMs } = options.feed
  const status = options.status ?? newIngestStatus()
  let backfill: Backfill | null = null
  /** The exchange is asked by its own name of the product. */
  const askFor = (gap: OpenGap): OpenGap[] => {
    const listing = gap.feed === feed.name ? products.find(({ as }) => as === gap.product) : undefined
    return listing ? [{ ...gap, product: listing.symbol }] : []
  }
  const publisher = createPublisher({
    streams,
    config,
    bronze: { directory },
    onRetry(error, pause_ms) {
      status.retries++
      status.fault = { reason: error.message, records: publisher.published.records }
      log.warn({ code: error.code, reason: error.message, pause_ms }, 'not published; bronze keeps it')
    },
    onOpenGaps(gaps) {
      backfill?.ask(gaps.flatMap(gap => askFor(gap)))
    },
  })
  const bronze = createBronzeWriter({ directory, feed: feed.name })
  const stamp = wallStamp()
  const start = new Date(stamp('') / 1000).toISOString().replace(/[-:.]/g, '')
  if (rest !== undefined && feed.rest)
    backfill = createBackfill({ feed, url: rest, bronze, stamp, name: `${feed.name}-${start}-backfill`, log })
  status.published = publisher.published
  status.bronzeBytes = () => bronze.bytes
  status.backlogBytes = publisher.backlogBytes
  status.backfill = () => backfill?.counts ?? null
  const written = new AbortController()
  const broken = new AbortController()
  const stopWatching = watchIngest(status, publisher, log, error => broken.abort(error))
  const publishing = publisher.follow(written.signal)
  publishing.catch(error => broken.abort(error))
  try {
    const counts = await ingest({
      feed,
      url,
      secret: options.secret,
      redundant,
      products: products.map(({ symbol }) => symbol),
      channels,
      bronze,
      stamp,
      start,
      staleAfterMs,
      backoff: patientBackoff,
      acknowledgeWithinMs,
      log,
      signal: AbortSignal.any([options.signal, broken.signal]),
      limitMs,
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
    bronze.close()
    await publisher.close()
  }
}
