import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { crc32, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { SpikeError } from '../../errors.ts'
import { isZstd } from './file_magic.ts'

const packedAtOnce = 1 << 15
const chunkSize = 1 << 17
/** A capture packs to a tenth or a fortieth of its size; what unpacks to more than so many times its bytes, and more than that, is none. */
const ratioLimit = 500
const smallBytes = 64 << 20

/** How one packed stream ended: at which of its bytes, and whether that was before its end. */
interface End {
  consumed: number
  isCut: boolean
}

/**
 * The unpacked bytes of a gzip file of any number of members: of one that is cut, all that can be had; of one with other bytes
 * after its end, all before them.
 * @param note is told of either.
 * @param reached is told the place in the file that has been read.
 * @throws what zlib says of damage; SpikeError BAD_FILE for a file that unpacks to far more than a capture does.
 */
export async function* gunzip(
  path: string,
  note: (text: string) => void,
  reached: (place: number) => void,
): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const within = unpackLimit(path)
    for (let at = 0; at < size; ) {
      const head = await headerLength(file, at)
      if (head === null) return note(beyond(size - at))
      const end = { consumed: 0, isCut: false }
      let check = 0
      let length = 0
      for await (const chunk of unpackOnce(path, at + head, createInflateRaw({ chunkSize }), end, within, reached)) {
        check = crc32(chunk, check)
        length += chunk.length
        yield chunk
      }
      at += head + end.consumed
      const tail = await readAt(file, at, 8)
      if (end.isCut || tail.length < 8) return note(cut)
      if (tail.readUInt32LE() !== check || tail.readUInt32LE(4) !== length % 2 ** 32)
        throw damage('incorrect data check')
      at += 8
    }
  } finally {
    await file.close()
  }
}

/** The same of zstd, whose stream ends with the frame whose end lies inside a chunk: the next one is begun where it stopped. */
export async function* unpackZstd(
  path: string,
  note: (text: string) => void,
  reached: (place: number) => void,
): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const within = unpackLimit(path)
    for (let at = 0; at < size; ) {
      if (at > 0 && !isZstd(await readAt(file, at, 4))) return note(beyond(size - at))
      const end = { consumed: 0, isCut: false }
      yield* unpackOnce(path, at, createZstdDecompress({ chunkSize }), end, within, reached)
      if (end.isCut) return note(cut)
      if (end.consumed === 0) throw damage(`nothing can be unpacked at byte ${at}`)
      at += end.consumed
    }
  } finally {
    await file.close()
  }
}

/** What comes out of one packed stream; of a cut one also what Node would drop with the error. `end` is filled in. */
async function* unpackOnce(
  path: string,
  start: number,
  unpack: Transform,
  end: End,
  within: (more: number, packed: number) => SpikeError | null,
  reached: (place: number) => void,
): AsyncGenerator<Buffer> {
  const packed = createReadStream(path, { start, highWaterMark: packedAtOnce })
  const out: Buffer[] = []
  let failure: NodeJS.ErrnoException | null = null
  unpack.on('data', (chunk: Buffer) => {
    out.push(chunk)
    const place = start + packed.bytesRead
    reached(place)
    const tooMuch = within(chunk.length, place)
    if (tooMuch) unpack.destroy(tooMuch)
  })
  unpack.on('error', error => {
    failure = error
  })
  const done = new Promise<void>(resolve => unpack.once('close', resolve).once('end', resolve))
  const consumed = (): number => (unpack as Transform & { bytesWritten: number }).bytesWritten
  try {
    for await (const chunk of packed) {
      await Promise.race([new Promise(written => unpack.write(chunk, written)), done])
      end.consumed = consumed()
      yield* out.splice(0)
      if (failure !== null || unpack.readableEnded) break
    }
    if (!unpack.readableEnded && failure === null) {
      unpack.end()
      await done
    }
    yield* out.splice(0)
    end.consumed = consumed()
    if (failure === null) return
    if ((failure as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw failure
    end.isCut = true
  } finally {
    packed.destroy()
    unpack.destroy()
  }
}

/** Length of the gzip header at a place; null where none stands there. */
async function headerLength(file: FileHandle, at: number): Promise<number | null> {
  const head = await readAt(file, at, 1 << 16)
  if (head.length < 2 || head.readUInt16BE() !== 0x1f8b) return null
  if (head.length < 10) return head.length
  if (head[2] !== 8) throw damage('unknown compression method')
  const flags = head[3]
  let length = 10
  if (flags & 4) length += 2 + (length + 2 <= head.length ? head.readUInt16LE(length) : 0)
  for (const flag of [8, 16]) if (flags & flag) length = head.indexOf(0, length) + 1 || head.length
  return length + (flags & 2 ? 2 : 0)
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at)
  return buffer.subarray(0, bytesRead)
}

/** Says when what came out of so many packed bytes can be no capture. */
function unpackLimit(path: string): (more: number, packed: number) => SpikeError | null {
  let bytes = 0
  return (more, packed) => {
    bytes += more
    if (bytes <= smallBytes || bytes <= ratioLimit * packed) return null
    return new SpikeError(
      'BAD_FILE',
      `${path}: unpacks to more than ${ratioLimit} times its size, which no capture does; unpack it first, if it is one`,
    )
  }
}

const cut = 'is cut; what can be unpacked of it is read'
const beyond = (bytes: number): string => `the ${bytes} bytes after its end are not read`

function damage(message: string): Error {
  return Object.assign(new Error(message), { code: 'Z_DATA_ERROR' })
}
