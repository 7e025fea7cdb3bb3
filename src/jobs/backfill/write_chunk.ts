import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Config } from '../../config.ts'
import { digestedBytes } from '../../core/features/digest.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { isoTime } from '../../core/math/time.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { digestOf } from '../../stores/digest.ts'
import { writeTable } from '../../stores/parquet.ts'
import { folderOf } from './archive_writer.ts'
import { type EndRecord, engineOf } from './end_record.ts'
import { featurizeChunk } from './featurize_chunk.ts'
import type { Chunk } from './plan.ts'

/** Where a chunk's rows go: a Parquet file by day and product, and the bytes that the digest of all is taken over. */
export function chunkPaths(out: string, { product, from }: Pick<Chunk, 'product' | 'from'>) {
  const [day, time] = isoTime(from).split('T')
  return {
    rows: join(
      out,
      `dt=${day}`,
      `product=${encodeURIComponent(product)}`,
      `${time.slice(0, 8).replaceAll(':', '')}.parquet`,
    ),
    bytes: join(out, bytesFolder, folderOf(product), `${from}.bytes`),
  }
}

/** Below the output; gone when the digest is taken. */
export const bytesFolder = 'digested'

/** Makes a chunk's rows and writes them; nothing where it has none. The same chunk again gives the same files. */
export async function writeChunk(archive: string, chunk: Chunk, out: string, config: Config): Promise<EndRecord> {
  const { table, events } = featurizeChunk(archive, chunk, config)
  const paths = chunkPaths(out, chunk)
  const bytes = Buffer.concat(Array.from(digestedBytes(table), block => Buffer.from(block)))
  const engine = engineOf(config)
  if (table.rows > 0) {
    mkdirSync(dirname(paths.bytes), { recursive: true })
    await writeFileAtomically(paths.bytes, bytes)
    await writeTable(paths.rows, table, {
      [metadataKeys.specVersion]: engine.spec_version,
      [metadataKeys.configHash]: engine.config_hash,
      [metadataKeys.digest]: digestOf(table),
      [metadataKeys.simulated]: String(chunk.simulated),
    })
  }
  return { ...{ product: chunk.product, from: chunk.from, rows: table.rows, events, crc32: crc32(bytes) }, ...engine }
}
