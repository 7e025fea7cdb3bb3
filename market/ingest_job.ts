import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { touchHealth } from '../health.ts'
import type { Streams } from '../streams/port.ts'
import { type Backfill, createBackfill } from './backfill.ts'
import { patientBackoff } from './backoff.ts'
import { createBronzeWriter } from './bronze.ts'
import { wallStamp } from './clock.ts'
import type { Feed } from './feed.ts'
import { type IngestCounts, ingest } from './ingest.ts'
import { type IngestStatus, newIngestStatus } from './ingest_status.ts'
import type { Published } from './published.ts'
import { createPublisher, type Publisher } from './publisher.ts'

export interface IngestJobOptions {
  /** Its `feed.products` are what is asked for and published. */
  config: Config
  feed: Feed
  url: string
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
 * published. Where the topics fail for good, the job ends too; bronze then holds what is not published, and the next job
 * goes on there.
 * @throws SpikeError as `ingest` and the topics do.
 */
export async function runIngestJob(options: IngestJobOptions): Promise<IngestSummary> {
  const { config, feed, url, rest, redundant, directory, streams, log, limitMs, onProgress } = options
  const status = options.status ?? newIngestStatus()
  let backfill: Backfill | null = null
  const publisher = createPublisher({
    streams,
    config,
    bronze: { directory },
    onRetry(error, pause_ms) {
      status.retries++
      status.fault = { reason: error.message, records: publisher.published.records }
      log.warn({ code: error.code, reason: error.message, pause_ms }, 'not published; bronze keeps it')
    },
    onGap: gap => gap.feed === feed.name && backfill?.add(gap),
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
  const watch = watchBacklog(publisher, log)
  const written = new AbortController()
  const broken = new AbortController()
  const publishing = publisher.follow(written.signal)
  publishing.catch(() => broken.abort())
  try {
    const counts = await ingest({
      feed,
      url,
      redundant,
      products: config.feed.products,
      channels: config.feed.channels,
      bronze,
      stamp,
      start,
      staleAfterMs: config.feed.stale_after_s * 1000,
      backoff: patientBackoff,
      acknowledgeWithinMs,
      log,
      signal: AbortSignal.any([options.signal, broken.signal]),
      limitMs,
      onFrame: counts => {
        touchHealth()
        status.counts = counts
        status.messageAt = performance.now()
        onProgress?.(counts, publisher.published)
      },
    })
    await backfill?.close(options.signal.aborted ? 0 : backfillLimitMs)
    written.abort()
    await publishing
    return { ...counts, published: publisher.published, files: [...bronze.files] }
  } finally {
    await backfill?.close(0)
    written.abort()
    clearInterval(watch)
    await publishing.catch(error => log.error({ reason: (error as Error).message }, 'not everything is published'))
    bronze.close()
    await publisher.close()
  }
}

const watchEveryMs = 10_000

/** Says loudly when nothing was published for a while though there is something to publish. */
function watchBacklog(publisher: Publisher, log: Logger): NodeJS.Timeout {
  let before = -1
  return setInterval(() => {
    const { records } = publisher.published
    const backlog_bytes = publisher.backlogBytes()
    if (records === before && backlog_bytes > 0)
      log.warn({ backlog_bytes, for_ms: watchEveryMs }, 'not published; bronze keeps it')
    before = records
  }, watchEveryMs).unref()
}
