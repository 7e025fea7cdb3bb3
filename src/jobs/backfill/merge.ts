import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { featureNames } from '../../core/features/spec.ts'
import { SpikeError } from '../../errors.ts'
import type { EndRecord } from './end_record.ts'
import { bytesFolder, chunkPaths } from './write_chunk.ts'

/**
 * The digest of all rows, from the bytes that the workers left, in the order (product, time); they are taken away afterwards.
 * @param ends one of each chunk, in that order.
 * @throws SpikeError CHECK_FAILED where the bytes of a chunk are missing or are not those of its end record.
 */
export function mergeDigest(out: string, ends: EndRecord[]): { digest: string; rows: number } {
  const hash = createHash('sha256')
  let rows = 0
  for (const end of ends) {
    if (end.rows === 0) continue
    const paths = chunkPaths(out, end)
    const refuse = (why: string): never => {
      throw new SpikeError('CHECK_FAILED', `${paths.bytes}: ${why}; run the back-fill again`)
    }
    if (!existsSync(paths.bytes) || !existsSync(paths.rows))
      refuse(`is not there, though its worker wrote ${end.rows} rows`)
    const bytes = readFileSync(paths.bytes)
    if (bytes.length !== end.rows * featureNames.length * 8 || crc32(bytes) !== end.crc32)
      refuse('does not hold the rows that its worker made')
    hash.update(bytes)
    rows += end.rows
  }
  rmSync(join(out, bytesFolder), { recursive: true, force: true })
  return { digest: hash.digest('hex'), rows }
}
