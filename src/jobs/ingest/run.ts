import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import type { IngestCounts } from '../../market/ingest_options.ts'
import type { Published } from '../../market/published_counts.ts'
import { createPublisher, type Publisher } from '../../market/publisher.ts'
import type { Streams } from '../../streams/port.ts'
import { asOnlyRecorder } from './one_recorder.ts'
import { countsOf, type FeedStatus, type IngestStatus, newFeedStatus, newIngestStatus } from './status.ts'
import { type TakenFeed, takeFeed } from './take_feed.ts'
import { watchIngest } from './watch.ts'

export interface IngestJobOptions {
  /** The products of its feeds are published. */
  config: Config
  /** What is taken: each by itself, to files of its own. */
  feeds: TakenFeed[]
  /** Two connections to each feed, so that one of them may fail. */
  redundant?: boolean
  /** Whether a simulated exchange may be asked for what a gap has cost; it is not when absent. */
  fillsGaps?: boolean
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
  feeds: readonly FeedStatus[]
  /** Why feeds ended before the others. */
  failures: SpikeError[]
}

const noCounts: IngestCounts = { frames: 0, bytes: 0, reconnects: 0, stale: 0, from: null, to: null }

/**
 * Takes feeds to bronze and, as it goes, from bronze to `ticks.raw`. At the end everything written is on disk and published.
 * A feed that fails for good costs the others nothing: they are taken to the end, and its error is in the summary. Topics that are
 * away are waited for: bronze is the truth and holds what is not published. Where they fail for good before the first message, the
 * job ends too; later it records to its own end, and the next one goes on there.
 * @throws SpikeError as `takeFeed` does where no feed is left, and as the topics do; LOCKED when another job records into the folder.
 */
export function runIngestJob(options: IngestJobOptions): Promise<IngestSummary> {
  return asOnlyRecorder(options.directory, () => recordAndPublish(options))
}

async function recordAndPublish(options: IngestJobOptions): Promise<IngestSummary> {
  const { log, onProgress, directory, redundant, limitMs, fillsGaps = false } = options
  const status = options.status ?? newIngestStatus()
  status.feeds = options.feeds.map(({ feed }) => newFeedStatus(feed.feed.name, silenceOf(feed)))
  const publisher = openPublisher(options, status)
  const written = new AbortController()
  const broken = new AbortController()
  const stopWatching = watchIngest(status, publisher, log, error => broken.abort(error))
  const publishing = publisher.follow(written.signal)
  publishing.catch((error: Error) => {
    if (countsOf(status) === null) broken.abort(error)
    else endOfPublishing(error, status, log)
  })
  const signal = AbortSignal.any([options.signal, broken.signal])
  const failures: Error[] = []
  const take = async (taken: TakenFeed, n: number): Promise<void> => {
    const own = status.feeds[n]
    try {
      own.counts = await takeFeed({
        ...{ taken, redundant, fillsGaps, directory, log, signal, limitMs, status: own },
        onFrame: () => onProgress?.(countsOf(status)!, publisher.published),
      })
    } catch (error) {
      failures.push(error as Error)
      own.failure = (error as Error).message
      if (options.feeds.length > 1)
        log.error({ feed: own.name, reason: own.failure }, 'a feed has ended; the others go on')
    }
  }
  try {
    await Promise.all(options.feeds.map(take))
    written.abort()
    if (failures.length === options.feeds.length) throw failures[0]
    await publishing
    broken.signal.throwIfAborted()
    const others = failures.find(error => !(error instanceof SpikeError))
    if (others) throw others
    return {
      ...(countsOf(status) ?? noCounts),
      published: publisher.published,
      files: status.feeds.flatMap(({ files }) => files),
      feeds: status.feeds,
      failures: failures as SpikeError[],
    }
  } finally {
    written.abort()
    stopWatching()
    await publishing.catch(error => log.error({ reason: (error as Error).message }, 'not everything is published'))
    await publisher.close()
  }
}

/** A feed that is polled brings something every other minute at the most. */
function silenceOf({ feed, staleAfterMs }: TakenFeed['feed']): number {
  return Math.max(staleAfterMs / 1000, 3 * (feed.poll?.every_s ?? 0))
}

/** Bronze does not end with the topics. */
function endOfPublishing({ message }: Error, status: IngestStatus, log: Logger): void {
  status.fault = { reason: message, records: status.published.records }
  log.error({ reason: message }, 'publishing has ended; recording goes on, and the next ingest publishes it')
}

/** It follows the bronze of all feeds; what their gaps have cost each asks for itself. */
function openPublisher({ config, directory, streams, log }: IngestJobOptions, status: IngestStatus): Publisher {
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
      for (const feed of status.feeds) feed.fillIn(gaps)
    },
  })
  status.published = publisher.published
  status.backlogBytes = publisher.backlogBytes
  return publisher
}
