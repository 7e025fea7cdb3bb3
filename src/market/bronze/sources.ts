import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { peekTail, readTail, type TailPosition, type TailRecord } from './follow_file.ts'
import type { Source } from './merge.ts'

/** How far a file is read, by its name. */
export type PositionOf = (name: string) => TailPosition | undefined

/** The `*.ndjson` of a folder are meant, new ones too. Positions are kept by name: the folder may be moved as a whole. */
export interface BronzeFiles {
  directory: string
}

/**
 * The files that hold more complete lines than the positions say.
 * @param passed names of files that are not looked at.
 * @throws SpikeError BAD_FILE for files that cannot be read, or are shorter than what was read of them.
 */
export async function sourcesBeyond(
  bronze: BronzeFiles,
  positionOf: PositionOf,
  passed: (name: string) => boolean = () => false,
): Promise<Source<TailRecord>[]> {
  const sources: Source<TailRecord>[] = []
  const faults: string[] = []
  for (const name of namesIn(bronze)) {
    if (passed(name)) continue
    const path = join(bronze.directory, name)
    const from = positionOf(name) ?? { offset: 0, line: 0 }
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
export function bytesBeyond(bronze: BronzeFiles, positionOf: PositionOf): number {
  const sizes = namesIn(bronze).map(name => {
    const size = statSync(join(bronze.directory, name), { throwIfNoEntry: false })?.size ?? 0
    return Math.max(0, size - (positionOf(name)?.offset ?? 0))
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

function namesIn({ directory }: BronzeFiles): string[] {
  try {
    const names = readdirSync(directory).filter(name => name.endsWith('.ndjson'))
    return names.sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
