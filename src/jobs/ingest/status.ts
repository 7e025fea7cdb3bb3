import type { BackfillCounts } from '../../market/backfill/ask_patiently.ts'
import type { OpenGap } from '../../market/decode/open_gaps.ts'
import type { IngestCounts } from '../../market/ingest_options.ts'
import { emptyPublished, type Published } from '../../market/published_counts.ts'
import { byLabel, counter, gauge, type Metric } from '../../operations/metrics.ts'

/** What an ingestor has of one of its feeds; what takes the feed writes it, others read. */
export interface FeedStatus {
  name: string
  /** Without a message for so many seconds it is not ready. */
  silence_s: number
  counts: Readonly<IngestCounts> | null
  /** `performance.now()` of the last message. */
  messageAt: number | null
  /** Why it ended before the others; null while it is taken. */
  failure: string | null
  /** Bronze written in this run: bytes, and paths in order. */
  bronzeBytes(): number
  files: readonly string[]
  /** null where no REST API is asked. */
  backfill(): Readonly<BackfillCounts> | null
  /** Asks for what the gaps of this feed have cost. */
  fillIn(gaps: readonly OpenGap[]): void
}

/** What an ingestor shows of itself while it runs; it writes, others read. */
export interface IngestStatus {
  feeds: FeedStatus[]
  published: Readonly<Published>
  /** How many bytes of the folder's bronze are not published. */
  backlogBytes(): number
  /** Times that publishing failed and was tried again. */
  retries: number
  /** Why nothing was published when it failed last, or for a while, and how much was published then. */
  fault: { reason: string; records: number } | null
  /** `performance.now()` of the loop's last turn. */
  turnedAt: number
}

export function newIngestStatus(): IngestStatus {
  return {
    feeds: [],
    published: emptyPublished(),
    backlogBytes: () => 0,
    retries: 0,
    fault: null,
    turnedAt: performance.now(),
  }
}

export function newFeedStatus(name: string, silence_s: number): FeedStatus {
  return {
    ...{ name, silence_s, counts: null, messageAt: null, failure: null, files: [] },
    bronzeBytes: () => 0,
    backfill: () => null,
    fillIn() {},
  }
}

/** What came of all feeds; null before the first message. */
export function countsOf({ feeds }: Pick<IngestStatus, 'feeds'>): Readonly<IngestCounts> | null {
  const known = feeds.flatMap(({ counts }) => (counts === null ? [] : [counts]))
  return known.length === 0 ? null : known.reduce(addCounts)
}

function addCounts(a: Readonly<IngestCounts>, b: Readonly<IngestCounts>): IngestCounts {
  return {
    frames: a.frames + b.frames,
    bytes: a.bytes + b.bytes,
    reconnects: Math.max(0, a.reconnects) + Math.max(0, b.reconnects),
    stale: a.stale + b.stale,
    from: a.from === null || b.from === null ? (a.from ?? b.from) : Math.min(a.from, b.from),
    to: a.to === null || b.to === null ? (a.to ?? b.to) : Math.max(a.to, b.to),
  }
}

/** Why the job does not do all of its work, feed by feed; null while messages of each come and are published. */
export function whyNotReady({ feeds, fault, published }: IngestStatus): string | null {
  const silent = feeds.flatMap(({ name, failure, messageAt, silence_s }) => {
    if (failure !== null) return [`${name} has ended: ${failure}`]
    const isSilent = messageAt === null || performance.now() - messageAt > 1000 * silence_s
    return isSilent ? [`no message of ${name} for ${silence_s} s`] : []
  })
  if (silent.length > 0) return silent.join('; ')
  if (feeds.length === 0) return 'nothing is taken yet'
  return fault && fault.records === published.records ? `not published, bronze keeps it: ${fault.reason}` : null
}

/** Metrics of an ingestor; what differs by feed has its name. */
export function ingestMetrics({ feeds, published, retries, ...status }: IngestStatus): Metric[] {
  const { gap, ...events } = published.events
  const by = (value: (feed: FeedStatus) => number) =>
    byLabel('feed', Object.fromEntries(feeds.map(feed => [feed.name, value(feed)])))
  const received = feeds.filter(({ counts }) => counts?.to)
  return [
    counter('ingest_frames_total', 'Messages received.', ...by(({ counts }) => counts?.frames ?? 0)),
    counter('ingest_bytes_total', 'Of messages, as text.', ...by(({ counts }) => counts?.bytes ?? 0)),
    counter(
      'ingest_reconnects_total',
      'Connections after the first.',
      ...by(({ counts }) => Math.max(0, counts?.reconnects ?? 0)),
    ),
    counter('ingest_stale_total', 'Connections given up after silence.', ...by(({ counts }) => counts?.stale ?? 0)),
    gauge(
      'ingest_last_message_timestamp_seconds',
      'When the last message was received.',
      ...byLabel('feed', Object.fromEntries(received.map(({ name, counts }) => [name, counts!.to! / 1e6]))),
    ),
    gauge('ingest_feed_ended', '1: the feed ended before the others.', ...by(({ failure }) => (failure ? 1 : 0))),
    counter('ingest_bronze_bytes_total', 'Bytes of bronze written.', ...by(feed => feed.bronzeBytes())),
    gauge(
      'ingest_backlog_bytes',
      'Bytes of bronze that are not published: grows while the topics do not take it.',
      status.backlogBytes(),
    ),
    counter('ingest_publish_retries_total', 'Times that publishing failed and was tried again.', retries),
    counter(
      'ingest_backfill_questions_total',
      'Questions to the REST API.',
      ...by(feed => feed.backfill()?.asked ?? 0),
    ),
    counter(
      'ingest_backfill_failed_total',
      'Gaps whose trades did not all come.',
      ...by(feed => feed.backfill()?.failed ?? 0),
    ),
    counter('ingest_published_events_total', 'Events published.', ...byLabel('type', events)),
    counter('ingest_gaps_total', 'Gaps published: stretches of lost frames.', gap),
    counter('ingest_dead_letters_total', 'Dead letters published.', ...byLabel('reason', published.dead)),
  ]
}
