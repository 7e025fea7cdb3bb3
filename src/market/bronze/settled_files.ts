import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { writeAtomically } from '../../files/atomic.ts'
import type { TailPosition } from './follow_file.ts'

/** How far files of bronze are published that have not grown lately, by name. */
export type Settled = Record<string, TailPosition>

const prefix = '.published-'

/** Whether a file beside bronze is such a one: it means nothing without the publisher's state. */
export const isPublisherNote = (name: string): boolean => /^\.published-[0-9a-f]{8}-[0-9a-f]{8}\.json$/.test(name)

/**
 * Notes them in a file beside bronze, always a new one: it holds from the transaction on that names it, and a publisher that was
 * fenced in between harms none. It is on the disk before it has its name; the socket's thread does not wait for the disk.
 * @param before name of the file that this one replaces.
 * @returns its name.
 */
export async function writeSettled(directory: string, settled: Settled, before?: string): Promise<string> {
  const name = `${familyOf(before)}${shortId()}.json`
  await writeAtomically(join(directory, name), async beside => {
    await using file = await open(beside, 'w')
    await file.writeFile(JSON.stringify(settled))
    await file.sync()
  })
  await using folder = await open(directory)
  await folder.sync()
  return name
}

/** @throws SpikeError STATE_LOST when the file is gone: what it names would be published again. */
export function readSettled(directory: string, name: string): Settled {
  try {
    return JSON.parse(readFileSync(join(directory, name), 'utf8')) as Settled
  } catch (cause) {
    throw new SpikeError(
      'STATE_LOST',
      `${join(directory, name)}: cannot be read, and says which files of bronze are published; bring it back, or name other topics and feed them from bronze`,
      { cause },
    )
  }
}

/** Takes away what a publisher noted before `name`, also in vain before it was killed; what its successor noted stays. */
export function removeFormer(directory: string, name: string): void {
  const ageOf = (other: string): number => statSync(join(directory, other), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const written = ageOf(name)
  for (const other of readdirSync(directory))
    if (other.startsWith(familyOf(name)) && other !== name && ageOf(other) <= written)
      rmSync(join(directory, other), { force: true })
}

/** Takes away those of transactions that failed; `named` is that of the state that counts, once no other can come of them. */
export function removeInVain(directory: string, notes: Set<string>, named?: string): void {
  for (const name of notes) if (name !== named) rmSync(join(directory, name), { force: true })
  notes.clear()
}

/** Publishers to several topics note apart. */
function familyOf(name?: string): string {
  return name?.slice(0, prefix.length + 9) ?? `${prefix}${shortId()}-`
}

function shortId(): string {
  return randomUUID().slice(0, 8)
}
