import { type Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { SpikeError } from '../errors.ts'
import { kindOf as kindAt } from './place.ts'

/** Whether a path that somebody else wrote, with `/`, can only lead to what lies below the folder that it is relative to. */
export function isInside(path: string): boolean {
  return !path.includes('\\') && path.split('/').every(part => !['', '.', '..'].includes(part))
}

/** Whether what lies at a path lies below a folder, links followed. Both exist. */
export function isBelow(path: string, folder: string): boolean {
  return realpathSync(path).startsWith(`${realpathSync(folder)}${sep}`)
}

/**
 * Checks that no link in some folders of a run leads out of them: what is written there would replace, and what is handed on would
 * be, a file of somebody else.
 * @throws SpikeError BAD_FILE, one line for each that does.
 */
export function refuseLinksOut(run: string, parts: string[]): void {
  const faults = parts.flatMap(part => {
    const folder = join(run, part)
    if (kindAt(folder) !== 'folder') return []
    const links = [...entriesBelow(folder)].filter(({ kind }) => kind === 'link').map(({ path }) => join(folder, path))
    return links.filter(
      link =>
        kindAt(link) === null ||
        !parts.some(other => kindAt(join(run, other)) === 'folder' && isBelow(link, join(run, other))),
    )
  })
  if (faults.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      faults.map(link => `${link}: is a link that leads out of its folder; put a file there, or remove it`),
    )
}

export interface Entry {
  /** From the folder, with `/`. */
  path: string
  kind: 'file' | 'folder' | 'link' | 'pipe, socket or device'
  /** Bytes of a file, else 0. */
  size: number
}

/** Everything below a folder, hidden or not. Links are named, not followed. */
export function* entriesBelow(folder: string, above = ''): Generator<Entry> {
  for (const found of readdirSync(join(folder, above), { withFileTypes: true })) {
    const path = `${above}${found.name}`
    const kind = kindOf(found)
    yield { path, kind, size: kind === 'file' ? lstatSync(join(folder, path)).size : 0 }
    if (kind === 'folder') yield* entriesBelow(folder, `${path}/`)
  }
}

function kindOf(found: Dirent): Entry['kind'] {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'pipe, socket or device'
}
