import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { SpikeError } from '../errors.ts'

/** Some lines of a file, without their ends. */
export interface Lines {
  texts: string[]
  /** Number of the first of them, counted from 1. */
  first: number
  /** The last of them has no line end: it ends the file, and may be torn. */
  torn: boolean
}

const chunkBytes = 1 << 18
/** The rest of a longer line is dropped; what is left of it is not JSON any more. */
const lineLimit = 64 << 20
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
    for await (const data of await openStream(path)) {
      const chunk = data as Buffer
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

async function openStream(path: string): Promise<Readable> {
  const handle = await open(path)
  const magic = new DataView(new ArrayBuffer(4))
  try {
    await handle.read(magic, 0, 4, 0)
  } finally {
    await handle.close()
  }
  const file = createReadStream(path, { highWaterMark: chunkBytes })
  const unpack = unpacker(magic.getUint32(0))
  return unpack ? pipeline(file, unpack, () => {}) : file
}

function unpacker(magic: number): Transform | null {
  if (magic >>> 16 === 0x1f8b) return createGunzip({ chunkSize: chunkBytes })
  return magic === 0x28b52ffd ? createZstdDecompress({ chunkSize: chunkBytes }) : null
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
