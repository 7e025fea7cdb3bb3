import type { BackfillCounts } from '../../market/backfill/fill_gap.ts'
import type { IngestCounts } from '../../market/ingest.ts'
import { emptyPublished, type Published } from '../../market/published_counts.ts'
import { byLabel, counter, gauge, type Metric } from '../../operations/metrics.ts'

/** What an ingestor shows of itself while it runs; it writes, others read. */
export interface IngestStatus {
  counts: Readonly<IngestCounts> | null
  published: Readonly<Published>
  /** Bytes of bronze written in this run, and how many of the folder's are not published. */
  bronzeBytes(): number
  backlogBytes(): number
  /** Times that publishing failed and was tried again. */
  retries: number
  /** Why nothing was published when it failed last, or for a while, and how much was published then. */
  fault: { reason: string; records: number } | null
  /** null where no REST API is asked. */
  backfill(): Readonly<BackfillCounts> | null
  /** `performance.now()` of the last message, and of the loop's last turn. */
  messageAt: number | null
  turnedAt: number
}

export function newIngestStatus(): IngestStatus {
  return {
    counts: null,
    published: emptyPublished(),
    bronzeBytes: () => 0,
    backlogBytes: () => 0,
    retries: 0,
    fault: null,
    backfill: () => null,
    messageAt: null,
    turnedAt: performance.now(),
  }
}

/** Why the job does not do all of its work; null while messages come and are published. */
export function whyNotReady({ messageAt, fault, published }: IngestStatus, staleAfter_s: number): string | null {
  if (messageAt === null || performance.now() - messageAt > 1000 * staleAfter_s)
    return `no message for ${staleAfter_s} s`
  return fault && fault.records === published.records ? `not published, bronze keeps it: ${fault.reason}` : null
}

/** Metrics of an ingestor. */
export function ingestMetrics({ counts, published, retries, ...status }: IngestStatus): Metric[] {
  const { gap, ...events } = published.events
  const received = counts?.to ? [counts.to / 1e6] : []
  return [
    counter('ingest_frames_total', 'Messages received.', counts?.frames ?? 0),
    counter('ingest_bytes_total', 'Of messages, as text.', counts?.bytes ?? 0),
    counter('ingest_reconnects_total', 'Connections after the first.', Math.max(0, counts?.reconnects ?? 0)),
    counter('ingest_stale_total', 'Connections given up after silence.', counts?.stale ?? 0),
    gauge('ingest_last_message_timestamp_seconds', 'When the last message was received.', ...received),
    counter('ingest_bronze_bytes_total', 'Bytes of bronze written.', status.bronzeBytes()),
    gauge(
      'ingest_backlog_bytes',
      'Bytes of bronze that are not published: grows while the topics do not take it.',
      status.backlogBytes(),
    ),
    counter('ingest_publish_retries_total', 'Times that publishing failed and was tried again.', retries),
    counter('ingest_backfill_questions_total', 'Questions to the REST API.', status.backfill()?.asked ?? 0),
    counter('ingest_backfill_failed_total', 'Gaps whose trades did not all come.', status.backfill()?.failed ?? 0),
    counter('ingest_published_events_total', 'Events published.', ...byLabel('type', events)),
    counter('ingest_gaps_total', 'Gaps published: stretches of lost frames.', gap),
    counter('ingest_dead_letters_total', 'Dead letters published.', ...byLabel('reason', published.dead)),
  ]
}
