import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SpikeError } from '../errors.ts'
import { isAlive } from './alive.ts'

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
 * Tries, and leaves nothing behind, whether a file can be made or replaced there. What a process that was killed left beside it
 * is taken away.
 * @param what how the place is called in the message.
 * @throws SpikeError BAD_FILE where it cannot.
 */
export function checkFilePlace(path: string, what = path): void {
  if (path === '' || /[\\/]$/.test(path)) throw refusal(what, 'names no file')
  const kind = kindOf(path)
  if (kind === 'folder') throw refusal(what, 'is a folder; name a file')
  if (kind === 'other') throw refusal(what, 'is a device or a pipe; name a file')
  const real = existsSync(path) ? realpathSync(path) : path
  tryToMake(dirname(real), real, what)
}

/** The same for a folder into which files are written. */
export function checkFolderPlace(path: string, what = path): void {
  if (path === '') throw refusal(what, 'names no folder')
  const kind = kindOf(path)
  if (kind === 'file' || kind === 'other') throw refusal(what, 'is no folder; name another place')
  tryToMake(path, join(path, hidden), what)
}

const hidden = '.spike60'

/** Makes an empty folder beside `place` in `folder`, or in the nearest one above that is there, and takes it away. */
function tryToMake(folder: string, place: string, what: string): void {
  let there = folder
  while (kindOf(there) === null && dirname(there) !== there) there = dirname(there)
  const beside = there === folder ? place : join(there, hidden)
  try {
    removeLeftovers(beside)
    rmdirSync(mkdtempSync(`${beside}${temporary()}`))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') throw cause
    throw refusal(what, `cannot be written (${code}); name another place, or mend this one`, cause)
  }
}

/**
 * Ends the name of what a process makes beside a place and takes away again: whoever comes after a crash sees by it whose it was,
 * and nobody can have laid a link there before.
 */
export const temporary = (): string => `.${process.pid}.tmp-${unguessable}`

const unguessable = randomBytes(4).toString('hex')

/** Whether `from` is what the process of that id made beside `to`. */
export const isStaged = (from: string, to: string, pid: number): boolean =>
  Number.isInteger(pid) && from.startsWith(`${to}.${pid}.tmp`) && /\.tmp-[0-9a-f]{8}$/.test(from.slice(to.length))

/** Whether a name is of something that was being made: to be passed over by whoever lists a folder. */
export const isTemporary = (name: string): boolean => /\.\d+\.tmp/.test(name)

/** Takes away what processes that were killed had made beside a place. */
export function removeLeftovers(place: string): void {
  const prefix = `${basename(place)}.`
  for (const name of readdirSync(dirname(place))) {
    const pid = /^(\d+)\.tmp-[0-9a-f]{8}/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '')?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dirname(place), name), { recursive: true, force: true })
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
