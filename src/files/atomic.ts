import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SpikeError } from '../errors.ts'
import { checkFilePlace, kindOf, makeFolder, temporary } from './place.ts'

/**
 * Calls `write` with a temporary name beside `place`, then renames: `place` holds all of it or what it held before. What a link
 * points to is replaced, not the link.
 * @throws SpikeError BAD_FILE where nothing can be written.
 */
export async function writeAtomically(place: string, write: (beside: string) => Promise<void> | void): Promise<void> {
  const path = existsSync(place) ? realpathSync(place) : place
  if (kindOf(path) !== 'folder') checkFilePlace(path)
  makeFolder(dirname(path))
  const beside = `${path}${temporary()}`
  const clean = (): void => rmSync(beside, { force: true, recursive: true })
  process.once('exit', clean)
  try {
    await write(beside)
    renameSync(beside, path)
  } catch (error) {
    clean()
    // A write that fails names no file.
    throw error instanceof SpikeError ? error : Object.assign(error as Error, { path })
  } finally {
    process.removeListener('exit', clean)
  }
}

/** `writeAtomically` for a text or bytes that are already in memory. */
export function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  return writeAtomically(path, beside => writeFileSync(beside, data))
}
