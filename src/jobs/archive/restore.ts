import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import type { Bucket } from '../../stores/s3/client.ts'
import { unpack } from './unpack.ts'

/** What a restoration came to, in files. */
export interface Restored {
  restored: number
  /** Lay here already, with the same bytes. */
  there: number
}

const bronze = /^dt=\d{4}-\d\d-\d\d\/feed=[\w%.-]+\/[\w-][\w.-]*\.ndjson\.zst$/

/**
 * Brings what `uploadBronze` put back into a folder, under the same names, so that a replay gives the same digest.
 * @throws SpikeError STORE_UNAVAILABLE, STORE_REFUSED; BAD_FILE where another file of that name lies here.
 */
export async function restoreBronze(bucket: Bucket, directory: string): Promise<Restored> {
  const result: Restored = { restored: 0, there: 0 }
  for (const { key } of await bucket.list('dt=')) {
    if (!bronze.test(key)) continue
    const path = join(directory, basename(key, '.zst'))
    const packed = await bucket.get(key)
    if (packed === null) continue
    const bytes = unpack(packed, key)
    if (!existsSync(path)) {
      await writeFileAtomically(path, bytes)
      result.restored++
    } else if (readFileSync(path).equals(bytes)) result.there++
    else throw new SpikeError('BAD_FILE', `${path}: is another file than ${key}; move it away, or name another folder`)
  }
  if (result.restored + result.there === 0)
    throw new SpikeError('BAD_FILE', `${bucket.place}: holds no bronze; name the prefix that archive filled`)
  return result
}
