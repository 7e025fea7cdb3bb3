import { zstdDecompressSync } from 'node:zlib'
import { SpikeError } from '../../errors.ts'

/** A recorder's files have 128 MiB. */
export const mostBytes = 512 << 20

/** What an object holds, checked by the sum that Zstandard keeps. @throws SpikeError BAD_FILE. */
export function unpack(packed: Uint8Array, key: string): Buffer {
  try {
    return zstdDecompressSync(packed, { maxOutputLength: mostBytes })
  } catch (cause) {
    throw new SpikeError(
      'BAD_FILE',
      `${key}: is no whole file of bronze (${(cause as Error).message}); name a prefix that archive filled`,
      { cause },
    )
  }
}
