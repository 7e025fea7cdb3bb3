import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Calls `write` with a temporary name beside `path`, then renames: `path` holds all of it or what it held before. */
export async function writeAtomically(path: string, write: (temporary: string) => Promise<void> | void): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  const clean = (): void => rmSync(temporary, { force: true, recursive: true })
  process.once('exit', clean)
  try {
    await write(temporary)
    renameSync(temporary, path)
  } catch (error) {
    clean()
    throw error
  } finally {
    process.removeListener('exit', clean)
  }
}

/** `writeAtomically` for a text or bytes that are already in memory. */
export function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  return writeAtomically(path, temporary => writeFileSync(temporary, data))
}
