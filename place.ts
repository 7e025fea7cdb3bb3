import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SpikeError } from './errors.ts'

/** Makes a folder and those above it. Node's own `recursive` tries for ever where it is told ENOENT, as under /proc. */
export function makeFolder(path: string): void {
  if (kindOf(path) === 'folder') return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  try {
    mkdirSync(path)
  } catch (error) {
    // Another process may have been faster.
    if (kindOf(path) !== 'folder') throw error
  }
}

/**
 * Tries, and leaves nothing behind, whether a file can be made or replaced there.
 * @param what how the place is called in the message.
 * @throws SpikeError BAD_FILE where it cannot.
 */
export function checkFilePlace(path: string, what = path): void {
  if (path === '' || /[\\/]$/.test(path)) throw refusal(what, 'names no file')
  const kind = kindOf(path)
  if (kind === 'folder') throw refusal(what, 'is a folder; name a file')
  if (kind === 'other') throw refusal(what, 'is a device or a pipe; name a file')
  const real = existsSync(path) ? realpathSync(path) : path
  tryToMake(dirname(real), `${real}${temporary()}`, what)
}

/** The same for a folder into which files are written. */
export function checkFolderPlace(path: string, what = path): void {
  if (path === '') throw refusal(what, 'names no folder')
  const kind = kindOf(path)
  if (kind === 'file' || kind === 'other') throw refusal(what, 'is no folder; name another place')
  tryToMake(path, join(path, hidden()), what)
}

/** Ends the name of what a process makes beside a place and takes away again: whoever comes after a crash sees by it whose it was. */
export const temporary = (): string => `.${process.pid}.tmp`
const hidden = (): string => `.spike60${temporary()}`

/** Makes an empty folder with this beginning in `folder`, or in the nearest one above that is there, and takes it away. */
function tryToMake(folder: string, beginning: string, what: string): void {
  let there = folder
  while (kindOf(there) === null && dirname(there) !== there) there = dirname(there)
  try {
    rmdirSync(mkdtempSync(there === folder ? beginning : join(there, hidden())))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') throw cause
    throw refusal(what, `cannot be written (${code}); name another place, or mend this one`, cause)
  }
}

function refusal(what: string, why: string, cause?: unknown): SpikeError {
  return new SpikeError('BAD_FILE', `${what}: ${why}`, { cause })
}

/** What stands there; null for nothing that can be seen. */
export function kindOf(path: string): 'folder' | 'file' | 'other' | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found === undefined ? null : found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other'
  } catch {
    return null
  }
}
