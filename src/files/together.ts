import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { isAlive } from './alive.ts'
import { writeFileAtomically } from './atomic.ts'
import { removeLeftovers, temporary } from './place.ts'

/** What is under way, for whoever comes after a crash: places relative to the note. */
interface Note {
  pid: number
  moves: { from: string; to: string }[]
}

/**
 * Replaces files and folders that belong together. All of them are written beside their places first; then a note says what is
 * to be moved, and they are moved. A crash before the note changes nothing; after it, `finishReplacing` moves the rest. So a
 * reader that calls it sees all of the old or all of the new.
 * @param note path of the note. @param write writes each path's content to the place that `staged` gives for it.
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
  finishReplacing(note)
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

/** Ends what a crash interrupted; does nothing while the process that began it is at it. */
export function finishReplacing(note: string): void {
  const begun = statSync(note, { throwIfNoEntry: false })?.mtimeMs
  const text = begun === undefined ? null : readIfThere(note)
  if (begun === undefined || text === null) return
  const { pid, moves } = JSON.parse(text) as Note
  const isOwn = pid === process.pid
  if (isOwn || !isAlive(pid) || Date.now() - begun > longestMs) moveAll(note, moves)
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

const moveIfThere = (from: string, to: string): boolean => ifThere(() => renameSync(from, to)) !== null
const readIfThere = (path: string): string | null => ifThere(() => readFileSync(path, 'utf8'))

/** What `work` gives; null where it finds nothing at its place. */
function ifThere<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
