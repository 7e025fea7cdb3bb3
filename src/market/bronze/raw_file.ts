import { basename } from 'node:path'
import { type BareFile, type BronzeFile, bareRecords, bronzeRecords, type RawCounts } from './raw_records.ts'
import { readLines } from './read_lines.ts'
import type { BronzeRecord, RawRecord } from './record.ts'
import type { Lines } from './text_lines.ts'

/** The records of one bronze file, as `bronzeRecords` gives them. */
export function readBronzeFile(file: BronzeFile, counts: RawCounts): AsyncGenerator<BronzeRecord[]> {
  return bronzeRecords(file, linesIn(file.path, counts), counts)
}

/** The records of one bare file, as `bareRecords` gives them. */
export function readBareFile(file: BareFile, counts: RawCounts): AsyncGenerator<RawRecord[]> {
  return bareRecords(file, basename(file.path), linesIn(file.path, counts), counts)
}

function linesIn(path: string, counts: RawCounts): AsyncGenerator<Lines> {
  const taken = (bytes: number): void => {
    counts.bytes += bytes
  }
  return readLines(path, note => counts.notes.push(`${path}: ${note}`), taken)
}
