import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { SpikeError } from '../../errors.ts'

/** Some lines of a file, without their ends. */
export interface Lines {
  texts: string[]
  /** Number of the first of them, counted from 1. */
  first: number
  /** The last of them has no line end: it ends the file, and may be torn. */
  torn: boolean
}

const chunkBytes = 1 << 18
/**
 * A frame of 32 MiB has at most twice as much as a line of bronze. The rest of a longer line is dropped; what is left of it is
 * not JSON any more.
 */
export const lineLimit = 128 << 20
const keptOfTooLong = 1000

/**
 * Reads a text file line by line, plain, gzip or zstd by its first bytes, in bounded memory.
 * @throws SpikeError BAD_FILE when it is missing, unreadable or damaged.
 */
export async function* readLines(path: string): AsyncGenerator<Lines> {
  let first = 1
  let rest: Buffer[] = []
  let restBytes = 0
  try {
    for await (const chunk of readBytes(path)) {
      const end = chunk.lastIndexOf(0x0a)
      if (end >= 0) {
        const texts = toTexts([...rest, chunk.subarray(0, end)], first)
        yield { texts, first, torn: false }
        first += texts.length
        rest = []
        restBytes = 0
      }
      const tail = chunk.subarray(end + 1)
      if (restBytes < lineLimit) rest.push(tail)
      else rest = [Buffer.from(Buffer.concat(rest).subarray(0, keptOfTooLong))]
      restBytes += tail.length
    }
  } catch (cause) {
    throw damaged(path, first, cause)
  }
  if (restBytes > 0) yield { texts: toTexts(rest, first), first, torn: true }
}

function toTexts(parts: Buffer[], first: number): string[] {
  const text = (parts.length === 1 ? parts[0] : Buffer.concat(parts)).toString('utf8')
  return (first === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).split('\n')
}

/** The unpacked bytes of a file. */
async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path)
  const magic = Buffer.alloc(4)
  let size: number
  try {
    await handle.read(magic, 0, 4, 0)
    size = (await handle.stat()).size
  } finally {
    await handle.close()
  }
  if (magic.readUInt32BE() === 0x28b52ffd) yield* unpackZstd(path, size)
  else if (magic.readUInt16BE() === 0x1f8b) yield* through(path, 0, createGunzip({ chunkSize: chunkBytes }))
  else yield* createReadStream(path, { highWaterMark: chunkBytes })
}

/** Node's zstd stream ends with the frame whose end lies inside a chunk; the next one is begun where it stopped. */
async function* unpackZstd(path: string, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; ) {
    const unpack = createZstdDecompress({ chunkSize: chunkBytes })
    yield* through(path, at, unpack)
    if (unpack.bytesWritten === 0) throw new Error(`nothing can be unpacked at byte ${at}`)
    at += unpack.bytesWritten
  }
}

async function* through(path: string, start: number, unpack: Transform): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { start, highWaterMark: chunkBytes })
  file.on('error', error => unpack.destroy(error))
  try {
    yield* file.pipe(unpack)
  } finally {
    file.destroy()
    unpack.destroy()
  }
}

function damaged(path: string, line: number, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException
  const wanted = 'name a capture: NDJSON, plain or .gz or .zst'
  if (code === 'ENOENT') return new SpikeError('BAD_FILE', `${path}: no such file; ${wanted}`, { cause })
  if (code === 'EISDIR') return new SpikeError('BAD_FILE', `${path}: is a folder; ${wanted}`, { cause })
  if (code === 'EACCES' || code === 'EPERM') {
    return new SpikeError('BAD_FILE', `${path}: may not be read (${code}); grant read access`, { cause })
  }
  if (code?.startsWith('Z_') || code?.startsWith('ZSTD')) {
    return new SpikeError('BAD_FILE', `${path}: cannot be unpacked after line ${line - 1} (${message})`, { cause })
  }
  return cause instanceof SpikeError
    ? cause
    : new SpikeError('BAD_FILE', `${path}: cannot be read (${message})`, { cause })
}
