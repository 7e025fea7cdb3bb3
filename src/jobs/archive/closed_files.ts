import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { withLock } from '../../files/lock.ts'
import { parseBronzeLine } from '../../market/bronze/line.ts'
import { isPublisherNote, type Settled } from '../../market/bronze/settled_files.ts'

/** A file of bronze to which nobody writes any more. */
export interface ClosedFile {
  name: string
  feed: string
  /** UTC, YYYY-MM-DD, of its first line's receipt. */
  day: string
  /** Every publisher that noted anything in the folder has published all of it. */
  isPublished: boolean
}

/** A recorder begins a new file after an hour. */
const openMicros = 65 * 60 * 1e6

/** @param now of the clock of receipt, in microseconds. @returns also how many are still being written, or are no bronze. */
export async function closedFiles(
  directory: string,
  now: number,
): Promise<{ closed: ClosedFile[]; open: number; others: string[] }> {
  const isRecorded = await isBeingRecorded(directory)
  const notes = readdirSync(directory)
    .filter(isPublisherNote)
    .map(name => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Settled)
  const [closed, others]: [ClosedFile[], string[]] = [[], []]
  let open = 0
  for (const name of readdirSync(directory).sort()) {
    if (!name.endsWith('.ndjson')) continue
    const first = parseBronzeLine(firstLine(join(directory, name)))
    if (first === null) others.push(name)
    else if (isRecorded && now - first.received_at < openMicros) open++
    else {
      const { size } = statSync(join(directory, name))
      const isPublished = notes.length > 0 && notes.every(note => (note[name]?.offset ?? -1) >= size)
      const day = new Date(first.received_at / 1000).toISOString().slice(0, 10)
      closed.push({ name, feed: first.feed, day, isPublished })
    }
  }
  return { closed, open, others }
}

async function isBeingRecorded(directory: string): Promise<boolean> {
  const lock = join(directory, '.ingest.db')
  if (!existsSync(lock)) return false
  try {
    await withLock(lock, 0, async () => {})
    return false
  } catch (error) {
    if (error instanceof SpikeError && error.code === 'LOCKED') return true
    throw error
  }
}

function firstLine(path: string): string {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(2 << 20)
    const text = head.subarray(0, readSync(file, head)).toString()
    return text.slice(0, Math.max(0, text.indexOf('\n')))
  } finally {
    closeSync(file)
  }
}
