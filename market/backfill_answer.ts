import type { Trade } from '../features/event.ts'
import type { Reading } from './feed.ts'
import { feedByName } from './feeds.ts'
import { complete } from './frame_event.ts'
import { asObject } from './reading.ts'
import type { BackfillSpan, RawRecord } from './record.ts'

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
