import { readdirSync, statSync } from 'node:fs'
import { SpikeError } from '../errors.ts'
import { readEnds } from './input.ts'
import { kindOf } from './place.ts'

/** So much of a file is looked at, from either end. */
const looked = 1 << 16

/**
 * Checks, before any work, that what a command would replace is a file of its own kind; what is empty or not there is nobody's.
 * @param isOurs whether these are the first and last 64 KiB of a file that the command writes, as Latin-1.
 * @throws SpikeError BAD_FILE, one line for each file of somebody else.
 */
export function keepOthers(paths: string[], isOurs: (first: string, last: string) => boolean): void {
  const others = paths.filter(path => {
    if (kindOf(path) !== 'file') return false
    const { size } = statSync(path)
    if (size === 0) return false
    const { first, last } = readEnds(path, size, looked)
    return !isOurs(first.toString('latin1'), last.toString('latin1'))
  })
  if (others.length > 0) throw new SpikeError('BAD_FILE', others.map(othersFile))
}

/** What is said of a file of somebody else that would be replaced. */
export const othersFile = (path: string): string =>
  `${path}: is no file of spike60's and would be replaced; move it away, or give it another name`

/**
 * The same for a folder in which a command keeps what it goes on from: it holds nothing, or what shows that the command made it.
 * @param isOurs told the names in it.
 * @throws SpikeError BAD_FILE.
 */
export function keepOthersFolder(path: string, what: string, isOurs: (names: string[]) => boolean): void {
  if (kindOf(path) !== 'folder') return
  const names = readdirSync(path)
  if (names.length > 0 && !isOurs(names))
    throw new SpikeError('BAD_FILE', `${path}: holds something else than ${what}; name a new folder, or an empty one`)
}
