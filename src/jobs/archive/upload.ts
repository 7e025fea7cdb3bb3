import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import { SpikeError } from '../../errors.ts'
import { checkInputFile } from '../../files/input.ts'
import type { Bucket } from '../../stores/s3/client.ts'
import { closedFiles } from './closed_files.ts'
import { mostBytes, unpack } from './unpack.ts'

/** What an upload came to, in files. */
export interface Uploaded {
  uploaded: number
  /** Lay in the bucket already, with the same bytes. */
  there: number
  /** Taken away here, after they were read back from the bucket. */
  removed: number
  /** Still being written. */
  open: number
  /** Not published whole yet, so they stay here. */
  unpublished: number
  /** Names of what is no bronze. */
  others: string[]
}

/**
 * Brings closed files of bronze to `dt=DAY/feed=FEED/NAME.ndjson.zst` in a bucket, where none is ever replaced. Each one is read back.
 * @param remove takes those away here that are published whole, once what was read back is the same.
 * @throws SpikeError STORE_UNAVAILABLE; STORE_REFUSED, also where something else lies under that name.
 */
export async function uploadBronze(directory: string, bucket: Bucket, remove: boolean): Promise<Uploaded> {
  const { closed, open, others } = await closedFiles(directory, Date.now() * 1000)
  const result: Uploaded = { uploaded: 0, there: 0, removed: 0, open, unpublished: 0, others }
  for (const { name, feed, day, isPublished } of closed) {
    const path = join(directory, name)
    checkInputFile(path, 'a file of bronze', mostBytes)
    const bytes = readFileSync(path)
    const key = `dt=${day}/feed=${encodeURIComponent(feed)}/${name}.zst`
    const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
    if (await bucket.putIfAbsent(key, packed)) result.uploaded++
    else result.there++
    const remote = await bucket.get(key)
    if (remote === null || digestOf(unpack(remote, key)) !== digestOf(bytes))
      throw new SpikeError(
        'STORE_REFUSED',
        `${bucket.place}: ${key} holds other bytes than ${path}; nothing was taken away, name another prefix`,
      )
    if (!remove) continue
    if (isPublished) {
      rmSync(path)
      result.removed++
    } else result.unpublished++
  }
  return result
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
