import type { Micros } from '../../core/events/event.ts'
import { minimum } from '../../core/math/extremes.ts'
import { refuseOverlaps, type Span, spansOf } from './file_overlap.ts'
import { inspectFiles } from './inspect_files.ts'
import { mergeBronze } from './merge.ts'
import { readBareFile, readBronzeFile } from './raw_file.ts'
import { type BareFile, type BronzeFile, newRawCounts, type RawCounts } from './raw_records.ts'
import type { RawRecord } from './record.ts'

/** Records one by one; `counts` fills while they are read. */
export interface RawReader extends AsyncIterable<RawRecord> {
  readonly counts: RawCounts
}

/**
 * Reads saved market data: bronze files merged by (received_at, file, line); bare files (frames, one a line, or in a known
 * wrapper) one after the other by their first frame's time. Plain, gzip or zstd. Memory stays bounded.
 * @throws SpikeError while it is iterated: BAD_FILE for files that cannot be used, all at once and first of all;
 * OVERLAPPING_FILES when two bare files share more than 2 s of a product, before any record.
 */
export function readRaw(paths: string[]): RawReader {
  const counts: RawCounts = newRawCounts()
  async function* records(): AsyncGenerator<RawRecord> {
    for await (const batch of readRawBatches(paths, counts)) yield* batch
  }
  return { counts, [Symbol.asyncIterator]: records }
}

/** `readRaw` in batches, for speed; adds to `counts`. */
export async function* readRawBatches(paths: string[], counts: RawCounts): AsyncGenerator<RawRecord[]> {
  const files = await inspectFiles(paths)
  const bronze = files.filter((file): file is BronzeFile => file.kind === 'bronze')
  const bare = files.filter((file): file is BareFile => file.kind === 'bare')
  const runs = await orderBareFiles(bare, bronze.length > 0)
  const parts = runs.map(({ file, from }) => ({
    from,
    batches: () => readBareFile(file, counts) as AsyncIterable<RawRecord[]>,
  }))
  if (bronze.length > 0) {
    const sources = bronze.map(file => ({ ...file, open: () => readBronzeFile(file, counts) }))
    const from = minimum(bronze.map(file => file.received_at))
    parts.push({ from, batches: () => mergeBronze(sources) })
    parts.sort((a, b) => a.from - b.from)
  }
  for (const { batches } of parts) yield* batches()
}

/** Bare files by first time, after the check for overlaps; one alone needs neither. */
async function orderBareFiles(files: BareFile[], among: boolean): Promise<{ file: BareFile; from: Micros }[]> {
  if (files.length < (among ? 1 : 2)) return files.map(file => ({ file, from: 0 }))
  const spanned: { path: string; file: BareFile; spans: Map<string, Span> }[] = []
  for (const file of files) {
    const unused = newRawCounts()
    spanned.push({ path: file.path, file, spans: await spansOf(readBareFile(file, unused)) })
  }
  refuseOverlaps(spanned)
  const runs = spanned.map(({ file, spans }) => ({
    file,
    from: minimum([...spans.values()].map(span => span.from)),
  }))
  return runs.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
}
