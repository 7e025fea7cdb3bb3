import { SpikeError } from '../../src/errors.ts'
import { isGzip, isZstd, otherKind } from '../../src/market/bronze/file_magic.ts'

/**
 * The bytes of a file that a person chose, unpacked where it is gzip.
 * @param onRead is told how many of the file's own bytes have been read.
 * @throws SpikeError BAD_FILE for a file of another kind, a folder, and for gzip that is cut or damaged.
 */
export async function* fileBytes(file: File, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const magic = await beginning(file)
  const other = otherKind(magic)
  if (other !== null) throw new SpikeError('BAD_FILE', `${file.name}: ${other}`)
  if (isZstd(magic))
    throw new SpikeError(
      'BAD_FILE',
      `${file.name}: is packed with zstd, which browsers cannot read; unpack it first: zstd -d`,
    )
  let read = 0
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, out) {
      read += chunk.length
      onRead(read)
      out.enqueue(chunk)
    },
  })
  const bytes = file.stream().pipeThrough(counted)
  const isPacked = isGzip(magic)
  const reader = (isPacked ? bytes.pipeThrough(new DecompressionStream('gzip')) : bytes).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (cause) {
    const why = isPacked
      ? 'cannot be unpacked: it is damaged, cut, or more than one archive; unpack it first: gunzip -k'
      : 'cannot be read: has it changed or gone since it was chosen? Choose it again'
    throw new SpikeError('BAD_FILE', `${file.name}: ${why}`, { cause })
  } finally {
    await reader.cancel().catch(() => {})
  }
}

async function beginning(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(0, 16).arrayBuffer())
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${file.name}: cannot be read; choose one file, not a folder`, { cause })
  }
}
