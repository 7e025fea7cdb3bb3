import type { Micros } from '../../core/events/event.ts'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'
import { feedByName } from '../feeds/feeds.ts'
import type { RawRecord } from './record.ts'

/** Time from the first to the last frame with a product's quotes or trades. */
export interface Span {
  from: Micros
  to: Micros
}

/** What bare files may share in time for one product, in microseconds. */
const tolerance = 2_000_000

/** Span by product over the frames whose time can be. */
export async function spansOf(batches: AsyncIterable<RawRecord[]>): Promise<Map<string, Span>> {
  const spans = new Map<string, Span>()
  for await (const records of batches) {
    for (const { frame, feed, rejected } of records) {
      if (frame === undefined || rejected) continue
      const reading = feedByName(feed)?.read(frame)
      const time = reading?.time
      if (reading == null || time == null) continue
      for (const { product, type } of reading.events) if (type !== 'clock') widen(spans, product, time)
    }
  }
  return spans
}

function widen(spans: Map<string, Span>, product: string, time: Micros): void {
  const span = spans.get(product)
  if (span === undefined) spans.set(product, { from: time, to: time })
  else if (time < span.from) span.from = time
  else if (time > span.to) span.to = time
}

/**
 * Refuses bare files of which one begins, for a product, before another has ended: their quotes would count twice.
 * @throws SpikeError OVERLAPPING_FILES with one line a pair: both files, the product, both spans.
 */
export function refuseOverlaps(files: { path: string; spans: Map<string, Span> }[]): void {
  const faults: string[] = []
  const products = new Set(files.flatMap(({ spans }) => [...spans.keys()]))
  for (const product of products) {
    const parts = files.flatMap(({ path, spans }) => {
      const span = spans.get(product)
      return span ? [{ path, ...span }] : []
    })
    parts.sort((a, b) => a.from - b.from)
    let longest = parts[0]
    for (const part of parts.slice(1)) {
      if (part.from < longest.to - tolerance) {
        faults.push(
          `${longest.path} and ${part.path}: both hold ${product}, ${describe(longest)} and ${describe(part)}; give files that do not overlap`,
        )
      }
      if (part.to > longest.to) longest = part
    }
  }
  if (faults.length > 0) throw new SpikeError('OVERLAPPING_FILES', faults)
}

function describe({ from, to }: Span): string {
  return `${isoTime(from)} to ${isoTime(to)}`
}
