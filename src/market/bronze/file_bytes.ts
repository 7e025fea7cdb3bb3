import { createReadStream, type Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { SpikeError } from '../../errors.ts'
import { isGzip, isZstd, otherKind } from './file_magic.ts'
import { gunzip, unpackZstd } from './unpack.ts'

const chunkBytes = 1 << 18
export const wanted = 'name a capture: NDJSON, plain or .gz or .zst'

/**
 * The bytes of a file, unpacked where its first bytes say gzip or zstd.
 * @param note is told of what is left out of a packed file.
 * @param taken is told how many more bytes of the file, packed as it is, have been read.
 * @throws SpikeError BAD_FILE for a folder, device or pipe, and for files that are packed in another way or are no text.
 */
export async function* readBytes(
  path: string,
  note: (text: string) => void,
  taken: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const odd = oddKind(await stat(path))
  if (odd !== null) throw new SpikeError('BAD_FILE', `${path}: is ${odd}`)
  const magic = await beginning(path)
  const other = otherKind(magic)
  if (other !== null) throw new SpikeError('BAD_FILE', `${path}: ${other}`)
  let place = 0
  const reached = (now: number): void => {
    // A packed stream that ended inside a chunk makes the next one begin before it.
    if (now <= place) return
    taken(now - place)
    place = now
  }
  if (isZstd(magic)) yield* unpackZstd(path, note, reached)
  else if (isGzip(magic)) yield* gunzip(path, note, reached)
  else
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      reached(place + chunk.length)
      yield chunk
    }
}

/** A file is read more than once, and has an end. */
function oddKind(stats: Stats): string | null {
  if (stats.isFile()) return null
  if (stats.isDirectory()) return `a folder; ${wanted}`
  if (stats.isFIFO() || stats.isSocket()) return `a pipe; write what comes of it to a file first, and name that`
  return `a device; ${wanted}`
}

async function beginning(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
