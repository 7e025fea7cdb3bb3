import { basename } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { allowed, type FileKind, kindOfLines } from './file_kind.ts'
import { readLines } from './read_lines.ts'

/**
 * Looks into every file.
 * @throws SpikeError BAD_FILE with one line for each that is missing, unreadable, empty or without a usable line.
 */
export async function inspectFiles(paths: string[]): Promise<FileKind[]> {
  const kinds: FileKind[] = []
  const faults: string[] = []
  if (paths.length === 0) faults.push(`no file given; ${allowed}`)
  for (const path of paths) {
    try {
      const notes: string[] = []
      const lines = readLines(path, note => notes.push(note))
      kinds.push(await kindOfLines(path, basename(path), lines, notes))
    } catch (error) {
      if (!(error instanceof SpikeError)) throw error
      for (const fault of error.faults) faults.push(fault)
    }
  }
  if (faults.length > 0) throw new SpikeError('BAD_FILE', faults)
  return kinds
}
