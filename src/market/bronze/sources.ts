import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { peekTail, readTail, type TailPosition, type TailRecord } from './follow_file.ts'
import type { Source } from './merge.ts'

/** Bronze files, or the folder whose `*.ndjson` are meant, new ones too. */
export type BronzeFiles = { directory: string } | { paths: string[] }

/** The name by which a position is kept; a folder of bronze may be moved as a whole. */
export function nameOf(bronze: BronzeFiles, path: string): string {
  return 'directory' in bronze ? basename(path) : path
}

/**
 * The files that hold more complete lines than the positions say.
 * @throws SpikeError BAD_FILE for files that cannot be read, or are shorter than what was read of them.
 */
export async function sourcesBeyond(
  bronze: BronzeFiles,
  positions: Record<string, TailPosition>,
): Promise<Source<TailRecord>[]> {
  const sources: Source<TailRecord>[] = []
  const faults: string[] = []
  for (const path of pathsOf(bronze)) {
    const from = positions[nameOf(bronze, path)] ?? { offset: 0, line: 0 }
    try {
      const { size } = statSync(path)
      if (size < from.offset) {
        faults.push(
          `${path}: is shorter (${size} bytes) than what was published of it (${from.offset}); restore it or use other topics`,
        )
      }
      const received_at = size > from.offset ? await peekTail(path, from) : null
      if (received_at !== null) sources.push({ path, received_at, open: () => readTail(path, from) })
    } catch (error) {
      faults.push(`${path}: cannot be read (${(error as Error).message}); give a readable bronze file`)
    }
  }
  if (faults.length > 0) throw new SpikeError('BAD_FILE', faults)
  return sources
}

/** Bytes of the files beyond the positions. */
export function bytesBeyond(bronze: BronzeFiles, positions: Record<string, TailPosition>): number {
  const sizes = pathsOf(bronze).map(path => {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    return Math.max(0, size - (positions[nameOf(bronze, path)]?.offset ?? 0))
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

function pathsOf(bronze: BronzeFiles): string[] {
  if ('paths' in bronze) return bronze.paths
  try {
    const names = readdirSync(bronze.directory).filter(name => name.endsWith('.ndjson'))
    return names.sort().map(name => join(bronze.directory, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
