import { type FileHandle, open } from 'node:fs/promises'
import { SpikeError } from '../../errors.ts'
import { bronzeRecord, isWhole } from './line.ts'
import type { BronzeRecord } from './record.ts'
import { lineLimit } from './text_lines.ts'

/** How far a bronze file is read: bytes and lines, at the end of a line. */
export interface TailPosition {
  offset: number
  line: number
  /** The last line that was read had no end yet: what comes next is no new line. */
  open?: true
}

/** A record and where its line ends. */
export type TailRecord = BronzeRecord & { end: TailPosition }

const chunkBytes = 1 << 17
const lineEnd = 0x0a

/**
 * The records of a bronze file from a position to the last complete line that it has now; a line without its end counts as
 * replay counts it: when it is whole. Else it is torn, or may still grow, and is left.
 * @param bytes how many to read at once.
 */
export async function* readTail(path: string, from: TailPosition, bytes = chunkBytes): AsyncGenerator<TailRecord[]> {
  let { offset, line, open: unended } = from
  let before = 0
  for (;;) {
    const { data, isLast } = await readFrom(path, offset, bytes)
    const records: TailRecord[] = []
    let start = 0
    while (start < data.length) {
      const found = data.indexOf(lineEnd, start)
      const end = found < 0 ? data.length : found
      const text = data.toString('utf8', start, end)
      if (found < 0 && !(isLast && isWhole(text))) break
      if (!unended) line++
      unended = found < 0 ? true : undefined
      start = found < 0 ? end : end + 1
      if (text.trim() === '') continue
      const record = bronzeRecord(text, path, line, before)
      before = record.received_at
      records.push({ ...record, end: { offset: offset + start, line, open: unended } })
    }
    offset += start
    if (records.length > 0) yield records
    if (isLast) return
  }
}

/** When the first record after a position was received; null when no complete line is there. */
export async function peekTail(path: string, from: TailPosition): Promise<number | null> {
  for await (const [first] of readTail(path, from, 1 << 14)) return first.received_at
  return null
}

/** Bytes that hold at least one line end, more than `size` of them only where a line is longer; or the last of the file. */
async function readFrom(path: string, offset: number, size: number): Promise<{ data: Buffer; isLast: boolean }> {
  const file = await open(path)
  try {
    for (let wanted = size; ; wanted *= 4) {
      const data = await readUpTo(file, offset, wanted)
      const isLast = data.length < wanted
      if (isLast || data.includes(lineEnd)) return { data, isLast }
      if (wanted > lineLimit) {
        throw new SpikeError(
          'BAD_FILE',
          `${path}: the line at byte ${offset} is too long; bronze has ${lineLimit} at most`,
        )
      }
    }
  } finally {
    await file.close()
  }
}

async function readUpTo(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await file.read(buffer, length, size - length, offset + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}
