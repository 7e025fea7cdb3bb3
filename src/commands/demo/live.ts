import type { Config } from '../../config.ts'
import { runFeaturizer } from '../../jobs/featurize/run.ts'
import type { FeaturizerResult } from '../../jobs/featurize/status.ts'
import { copyBronze } from '../../market/bronze/copy.ts'
import { createBronzeWriter } from '../../market/bronze/write.ts'
import type { Feed } from '../../market/feeds/feed.ts'
import { ingest } from '../../market/ingest.ts'
import type { IngestCounts } from '../../market/ingest_options.ts'
import type { Published } from '../../market/published_counts.ts'
import { createPublisher } from '../../market/publisher.ts'
import { localBackoff, patientBackoff } from '../../market/socket/backoff.ts'
import type { Stamp } from '../../market/socket/clock.ts'
import { createLog } from '../../operations/log.ts'
import type { Say } from '../../operations/progress.ts'
import type { Streams } from '../../streams/port.ts'

/** Where raw data comes from. */
export type Venue = Exchange | Recording

/** One exchange to be listened to until it says that the market is over, or until the limit. */
export interface Exchange {
  feed: Feed
  url: string
  /** All of the feed's when absent. */
  channels?: readonly string[]
  /** By the exchange's own names. */
  products: string[]
  stamp: Stamp
  /** Names its connections. */
  start: string
  /** Time to stop, for an exchange that never ends. */
  limitMs?: number
}

/** Bronze of two connections at once, which no single socket could serve: it is taken over as it is. */
export interface Recording {
  feed: Feed
  paths: string[]
}

export interface LiveOptions {
  config: Config
  streams: Streams
  /** Folder for bronze, empty or new. */
  bronze: string
  /** Opened one after the other, each after the one before has ended. */
  venues: AsyncIterable<Venue>
  onStep: (step: string) => void
  say: Say
  /** Rows that will come, where that is known. */
  rows?: number
}

export interface LiveResult {
  ingested: IngestCounts[]
  published: Published
  featurized: FeaturizerResult
}

/** The live path, whole: sockets to bronze, bronze to `ticks.raw`, `ticks.raw` to `ticks.features`, all at the same time. */
export async function runLive(options: LiveOptions): Promise<LiveResult> {
  const { config, streams, bronze, say } = options
  const publisher = createPublisher({ streams, config, bronze: { directory: bronze } })
  const published = new AbortController()
  const finish = new AbortController()
  const stop = new AbortController()
  const publishing = publisher.follow(published.signal)
  const featurizing = runFeaturizer({
    streams,
    config,
    topicIn: config.topics.raw.name,
    topicOut: config.topics.features.name,
    finish: finish.signal,
    stop: stop.signal,
    onProgress: ({ quotes, trades, rows }) => say(`${quotes + trades} events, ${rows} rows`, rows, options.rows),
  })
  try {
    // A job that dies must end the run, not leave it waiting for the exchange.
    const listening = listen(options)
    await Promise.race([listening, publishing, featurizing])
    const ingested = await listening
    published.abort()
    await publishing
    finish.abort()
    return { ingested, published: publisher.published, featurized: await featurizing }
  } finally {
    published.abort()
    stop.abort()
    await Promise.allSettled([publishing, featurizing])
    await publisher.close()
  }
}

async function listen({ config, bronze: directory, venues, onStep }: LiveOptions): Promise<IngestCounts[]> {
  const log = createLog(process.env.LOG_LEVEL || 'silent')
  const counts: IngestCounts[] = []
  const [{ stale_after_s }] = config.feeds
  for await (const venue of venues) {
    const bronze = createBronzeWriter({ directory, feed: venue.feed.name })
    try {
      if ('paths' in venue) {
        onStep('Recorded over two connections: taken to bronze as it is, without a WebSocket')
        counts.push(await copyBronze(venue.paths, bronze))
        continue
      }
      counts.push(
        await ingest({
          ...venue,
          bronze,
          channels: venue.channels ?? venue.feed.channels,
          staleAfterMs: 1000 * stale_after_s,
          backoff: venue.limitMs === undefined ? localBackoff : patientBackoff,
          log,
        }),
      )
    } finally {
      bronze.close()
    }
  }
  return counts
}
