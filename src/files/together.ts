import { existsSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { SpikeError } from '../errors.ts'
import { isAlive } from './alive.ts'
import { writeFileAtomically } from './atomic.ts'
import { isStaged, removeLeftovers, temporary } from './place.ts'
import { readText } from './read_text.ts'

/** What is under way, for whoever comes after a crash: places relative to the note. */
interface Note {
  pid: number
  moves: { from: string; to: string }[]
}

/**
 * Replaces files and folders that belong together. All of them are written beside their places first; then a note says what is
 * to be moved, and they are moved. A crash before the note changes nothing; after it, `finishReplacing` moves the rest, and
 * `placeNow` shows a reader where they are meanwhile. So all is old or all is new.
 * @param note path of the note. @param write writes each path's content to the place that `staged` gives for it.
 * @throws SpikeError BAD_FILE for a note there that is of something else.
 * @example
 * await replaceTogether('out/replacing.json', ['out/a.txt', 'out/b'], async staged => {
 *   writeFileSync(staged('out/a.txt'), 'new')
 *   mkdirSync(staged('out/b'))
 * })
 */
export async function replaceTogether(
  note: string,
  paths: string[],
  write: (staged: (path: string) => string) => Promise<void>,
): Promise<void> {
  const own = paths.map(path => resolve(path))
  finishReplacing(note, path => own.includes(path))
  const staged = (path: string): string => `${path}${temporary()}`
  for (const path of [...paths, note]) {
    mkdirSync(dirname(path), { recursive: true })
    removeLeftovers(path)
  }
  try {
    await write(staged)
    const base = dirname(resolve(note))
    const moves = paths.map(path => ({
      from: relative(base, resolve(staged(path))),
      to: relative(base, resolve(path)),
    }))
    await writeFileAtomically(note, JSON.stringify({ pid: process.pid, moves } satisfies Note))
    moveAll(note, moves)
  } finally {
    for (const path of paths) rmSync(staged(path), { recursive: true, force: true })
  }
}

/** Moves take milliseconds: after so long their process is dead, though another one may have its number. */
const longestMs = 60_000

/**
 * Ends what a crash interrupted; does nothing while the process that began it is at it. For whoever is about to write there: a
 * note can come from anybody, so it is followed only to places that the caller replaces anyway.
 * @param isOwn whether a place, as an absolute path, is one of those.
 * @throws SpikeError BAD_FILE for a note that is not followed.
 */
export function finishReplacing(note: string, isOwn: (path: string) => boolean): void {
  const found = readNote(note)
  if (found === null) return
  const { pid, moves, begun } = found
  const foreign = moves.find(({ to }) => !isOwn(resolve(dirname(note), to)))
  if (foreign)
    throw new SpikeError(
      'BAD_FILE',
      `${note}: was left by a command that replaced other files too (${foreign.to}); run that one again, or remove the note and *.${pid}.tmp-*`,
    )
  if (pid === process.pid || !isAlive(pid) || Date.now() - begun > longestMs) moveAll(note, moves)
}

/**
 * Where a reader finds what belongs at `path`: at the place it is still to be moved from where a crash left it so, else at
 * `path`. Nothing is moved.
 * @throws SpikeError BAD_FILE for a note that none of our commands wrote.
 */
export function placeNow(note: string, path: string): string {
  const base = dirname(note)
  const move = readNote(note)?.moves.find(({ to }) => resolve(base, to) === resolve(path))
  if (move === undefined) return path
  const from = `${resolve(path)}${move.from.slice(move.to.length)}`
  return existsSync(from) ? from : path
}

/** The note and when it was written; null for none. */
function readNote(path: string): (Note & { begun: number }) | null {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return null
  const note = found.isFile() ? noteIn(path) : null
  if (note !== null) return { ...note, begun: found.mtimeMs }
  // A living process takes its note away.
  if (!existsSync(path)) return null
  throw new SpikeError('BAD_FILE', `${path}: is no note that a command of spike60 left; it is not followed; remove it`)
}

/** Null for anything but the exact form of our own: each thing lies beside its place, under the name of the process. */
function noteIn(path: string): Note | null {
  try {
    const { pid, moves } = JSON.parse(readText(path)) as Note
    return moves.every(({ from, to }) => isStaged(from, to, pid)) ? { pid, moves } : null
  } catch {
    return null
  }
}

function moveAll(note: string, moves: Note['moves']): void {
  const base = dirname(note)
  for (const { from, to } of moves) if (existsSync(join(base, from))) replace(join(base, from), join(base, to))
  rmSync(note, { force: true })
}

/** Two readers may come upon the same note: the one that finds `from` gone has lost the race, and must not lose the content too. */
function replace(from: string, to: string): void {
  const former = `${to}${temporary()}-former`
  moveIfThere(to, former)
  if (!moveIfThere(from, to) && !existsSync(to)) moveIfThere(former, to)
  rmSync(former, { recursive: true, force: true })
}

/** Whether there was something to be moved. */
function moveIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
