import { feedByName, feedOf } from '../feeds/feeds.ts'
import { parseBareLine } from './bare_line.ts'
import { ConnectionTracker } from './connection_tracker.ts'
import { describeLayout } from './csv_layout.ts'
import { csvReader } from './csv_ticks.ts'
import type { FileKind } from './file_kind.ts'
import { bronzeRecord, isWhole } from './line.ts'
import type { BronzeRecord, RawRecord } from './record.ts'
import type { Lines } from './text_lines.ts'
import { createJumpFilter } from './time_jump.ts'

export type BareFile = FileKind & { kind: 'bare' }
export type BronzeFile = FileKind & { kind: 'bronze' }

/** What a reader met besides records. */
export interface RawCounts {
  /** Lines that are not blank. */
  lines: number
  /** Bytes that were read: of a file on disk packed as it is. */
  bytes: number
  /** Bronze files whose last line is torn. */
  torn: number
  /** Lines of bare files that hold no received frame: headers, requests. */
  passed: number
  /** What was left out of a file, or taken to be so. */
  notes: string[]
}

/** Counts with nothing in them yet. */
export function newRawCounts(): RawCounts {
  return { lines: 0, bytes: 0, torn: 0, passed: 0, notes: [] }
}

/**
 * The records in the lines of one bronze file. A line that cannot be read is a dead record; torn at the end of the file, it is none.
 */
export async function* bronzeRecords(
  file: BronzeFile,
  lines: AsyncIterable<Lines>,
  counts: RawCounts,
): AsyncGenerator<BronzeRecord[]> {
  let before = file.received_at
  for await (const { texts, numbers, torn } of lines) {
    const records: BronzeRecord[] = []
    for (let i = 0; i < texts.length; i++) {
      if (texts[i].trim() === '') continue
      counts.lines++
      if (torn && i === texts.length - 1 && !isWhole(texts[i])) {
        counts.torn++
        continue
      }
      const record = bronzeRecord(texts[i], file.path, numbers[i], before)
      records.push(record)
      before = record.received_at
    }
    if (records.length > 0) yield records
  }
}

/**
 * The records in the lines of one bare file, connections found by their numbering, impossible times marked.
 * @param name of the file without folders: its connections are called after it.
 */
export async function* bareRecords(
  file: BareFile,
  name: string,
  lines: AsyncIterable<Lines>,
  counts: RawCounts,
): AsyncGenerator<RawRecord[]> {
  const { path } = file
  const parse = file.csv ? csvReader(file.csv) : parseBareLine
  if (file.csv) counts.notes.push(`${path}: ${describeLayout(file.csv)}`)
  const tracker = new ConnectionTracker(name)
  const filter = createJumpFilter()
  let connection = `${name}#0`
  for await (const { texts, numbers } of lines) {
    const records: RawRecord[] = []
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i].endsWith('\r') ? texts[i].slice(0, -1) : texts[i]
      if (text.trim() === '') continue
      counts.lines++
      const content = parse(text)
      if (content === null) {
        counts.passed++
        continue
      }
      const { source, frame, ...rest } = content
      const feed = (frame && feedOf(frame)) ?? feedByName(file.feed)
      const record: RawRecord = {
        ...rest,
        feed: feed?.name ?? file.feed,
        connection,
        file: path,
        line: numbers[i],
        bare: true,
      }
      if (!frame || !feed) {
        for (const settled of filter.push(record, null)) records.push(settled)
        continue
      }
      record.frame = frame
      const reading = feed.read(frame)
      record.connection = connection = tracker.place(source, feed, reading)
      const settled = record.received_at === null ? filter.push(record, reading.time) : [record]
      for (const one of settled) records.push(one)
    }
    if (records.length > 0) yield records
  }
  const last = filter.end()
  if (last.length > 0) yield last
}
