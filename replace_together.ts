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
  if (!existsSync(note)) return
  const { pid, moves } = JSON.parse(readFileSync(note, 'utf8')) as Note
  const isOwn = pid === process.pid
  if (isOwn || !isAlive(pid) || Date.now() - statSync(note).mtimeMs > longestMs) moveAll(note, moves)
}

function moveAll(note: string, moves: Note['moves']): void {
  const base = dirname(note)
  for (const move of moves) {
    const [from, to] = [join(base, move.from), join(base, move.to)]
    if (!existsSync(from)) continue
    rmSync(to, { recursive: true, force: true })
    renameSync(from, to)
  }
  rmSync(note, { force: true })
}
