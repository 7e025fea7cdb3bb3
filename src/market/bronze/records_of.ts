import { kindOfLines } from './file_kind.ts'
import { bareRecords, bronzeRecords, type RawCounts } from './raw_records.ts'
import type { RawRecord } from './record.ts'
import { linesOf } from './text_lines.ts'

/**
 * The records of one saved file of market data, wherever its bytes come from: a file, an upload, a test. Any shape that replay
 * takes; the same records, in the same order, as replay reads.
 * @param name of the file without folders, as records and errors name it.
 * @param open gives the unpacked bytes from the beginning. It is called twice: to see what the file holds, and to read it.
 * @param counts is added to while records are read, see `newRawCounts`.
 * @throws SpikeError BAD_FILE when it is empty or has no usable line.
 * @example
 * for await (const records of recordsOf('ticks.ndjson', () => new Blob([text]).stream(), newRawCounts()))
 *   for (const record of records) for (const event of decoder.decode(record).events) engines.push(event)
 */
export async function* recordsOf(
  name: string,
  open: () => AsyncIterable<Uint8Array>,
  counts: RawCounts,
): AsyncGenerator<RawRecord[]> {
  const notes: string[] = []
  const file = await kindOfLines(
    name,
    name,
    linesOf(open(), note => notes.push(note)),
    notes,
  )
  const lines = linesOf(counted(open(), counts), note => counts.notes.push(`${name}: ${note}`))
  yield* file.kind === 'bronze' ? bronzeRecords(file, lines, counts) : bareRecords(file, name, lines, counts)
}

async function* counted(bytes: AsyncIterable<Uint8Array>, counts: RawCounts): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    counts.bytes += chunk.length
    yield chunk
  }
}
