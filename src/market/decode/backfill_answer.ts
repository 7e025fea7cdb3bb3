import type { Trade } from '../../core/events/event.ts'
import type { BackfillSpan, RawRecord } from '../bronze/record.ts'
import type { Reading } from '../feeds/feed.ts'
import { feedByName } from '../feeds/feeds.ts'
import { asObject } from '../feeds/reading.ts'
import { complete } from './frame_event.ts'

/** The trades of a REST answer that lie where they were asked for, marked; of the connection nothing is learnt from it. */
export function readBackfill(
  record: RawRecord,
  { product, from, to }: BackfillSpan,
): { trades: Trade[]; faults: Reading['faults'] } {
  const rest = feedByName(record.feed)?.rest
  const answer = asObject(record.frame)
  if (rest === undefined || answer === null) return { trades: [], faults: [{ reason: record.dead ?? 'bad_backfill' }] }
  const { events, faults } = rest.read(answer)
  const trades = events.flatMap(event =>
    event.type === 'trade' && event.product === product && event.time >= from && event.time <= to
      ? [{ ...(complete(event, record, 0) as Trade), backfilled: true as const }]
      : [],
  )
  return { trades, faults }
}
