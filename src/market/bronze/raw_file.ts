import { basename } from 'node:path'
import { feedByName, feedOf } from '../feeds/feeds.ts'
import { parseBareLine } from './bare_line.ts'
import { ConnectionTracker } from './connection_tracker.ts'
import type { FileKind } from './file_kind.ts'
import { bronzeRecord, isWhole } from './line.ts'
import type { BronzeRecord, RawRecord } from './record.ts'
import { readLines } from './text_lines.ts'
import { createJumpFilter } from './time_jump.ts'

/** What a reader met besides records. */
export interface RawCounts {
  /** Lines that are not blank. */
  lines: number
  /** Bronze files whose last line is torn. */
  torn: number
}

/**
 * The records of one bronze file. A line that cannot be read is a dead record; torn at the end of the file, it is none.
 */
export async function* readBronzeFile(
  file: FileKind & { kind: 'bronze' },
  counts: RawCounts,
): AsyncGenerator<BronzeRecord[]> {
  let before = file.received_at
  for await (const { texts, first, torn } of readLines(file.path)) {
    const records: BronzeRecord[] = []
    for (let i = 0; i < texts.length; i++) {
      if (texts[i].trim() === '') continue
      counts.lines++
      if (torn && i === texts.length - 1 && !isWhole(texts[i])) {
        counts.torn++
        continue
      }
      const record = bronzeRecord(texts[i], file.path, first + i, before)
      records.push(record)
      before = record.received_at
    }
    if (records.length > 0) yield records
  }
}

/** The records of one bare file, connections found by their numbering, impossible times marked. */
export async function* readBareFile(file: FileKind & { kind: 'bare' }, counts: RawCounts): AsyncGenerator<RawRecord[]> {
  const { path } = file
  const tracker = new ConnectionTracker(basename(path))
  const filter = createJumpFilter()
  let connection = `${basename(path)}#0`
  for await (const { texts, first } of readLines(path)) {
    const records: RawRecord[] = []
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i].endsWith('\r') ? texts[i].slice(0, -1) : texts[i]
      if (text.trim() === '') continue
      counts.lines++
      const content = parseBareLine(text)
      if (content === null) continue
      const { source, frame, ...rest } = content
      const feed = (frame && feedOf(frame)) ?? feedByName(file.feed)
      const record: RawRecord = {
        ...rest,
        feed: feed?.name ?? file.feed,
        connection,
        file: path,
        line: first + i,
        bare: true,
      }
      if (!frame || !feed) {
        records.push(...filter.push(record, null))
        continue
      }
      record.frame = frame
      const reading = feed.read(frame)
      record.connection = connection = tracker.place(source, feed, reading)
      if (record.received_at === null) records.push(...filter.push(record, reading.time))
      else records.push(record)
    }
    if (records.length > 0) yield records
  }
  const last = filter.end()
  if (last.length > 0) yield last
}
