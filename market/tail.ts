import { type FileHandle, open } from 'node:fs/promises'
import { SpikeError } from '../errors.ts'
import { bronzeRecord } from './bronze_line.ts'
import type { BronzeRecord } from './record.ts'

/** How far a bronze file is read: bytes and lines, always at the end of a line. */
export interface TailPosition {
  offset: number
  line: number
}

/** A record and the byte after its line. */
export type TailRecord = BronzeRecord & { end: number }

const chunkBytes = 1 << 20
const lineEnd = 0x0a
const lineLimit = 128 << 20

/**
 * The records of a bronze file from a position to the last complete line that it has now; a line without its end may
 * still grow and is left.
 */
export async function* readTail(path: string, from: TailPosition): AsyncGenerator<TailRecord[]> {
  let { offset, line } = from
  let before = 0
  for (;;) {
    const data = await readFrom(path, offset, chunkBytes)
    if (data === null) return
    const records: TailRecord[] = []
    let start = 0
    for (let end = data.indexOf(lineEnd); end >= 0; end = data.indexOf(lineEnd, start)) {
      line++
      const text = data.toString('utf8', start, end)
      start = end + 1
      if (text.trim() === '') continue
      const record = bronzeRecord(text, path, line, before)
      before = record.received_at
      records.push({ ...record, end: offset + start })
    }
    offset += start
    if (records.length > 0) yield records
  }
}

/** When the first record after a position was received; null when no complete line is there. */
export async function peekTail(path: string, from: TailPosition): Promise<number | null> {
  const data = await readFrom(path, from.offset, 1 << 16)
  if (data === null) return null
  const text = data.toString('utf8', 0, data.indexOf(lineEnd))
  return bronzeRecord(text, path, from.line + 1, 0).received_at
}

/** Bytes that hold at least one line end, more than `size` of them only where a line is longer; null when none is there. */
async function readFrom(path: string, offset: number, size: number): Promise<Buffer | null> {
  const file = await open(path)
  try {
    for (let wanted = size; ; wanted *= 4) {
      const data = await readUpTo(file, offset, wanted)
      if (data.includes(lineEnd)) return data
      if (data.length < wanted) return null
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
