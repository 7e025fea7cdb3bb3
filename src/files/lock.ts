import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'
import { makeFolder } from './place.ts'

/**
 * Runs `work` while no other process does the same under `path` (a file ending in `.db`, made if missing). The lock is an open
 * SQLite transaction: it ends with the process, however that ends.
 * @param held says who keeps it, and what to do.
 * @throws SpikeError LOCKED when another process keeps it for longer than `patienceMs`.
 */
export async function withLock<T>(
  path: string,
  patienceMs: number,
  work: () => Promise<T>,
  held = `${path}: another process has held this lock for ${patienceMs / 1000} s; wait for it, or end it`,
): Promise<T> {
  makeFolder(dirname(path))
  const database = open(path)
  try {
    for (let waited = 0; !begin(database, path); waited += 100) {
      if (waited >= patienceMs) throw new SpikeError('LOCKED', held)
      await setTimeout(100)
    }
    return await work()
  } finally {
    database.close()
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw Object.assign(error as Error, { path })
  }
}

function begin(database: DatabaseSync, path: string): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false
    throw Object.assign(error as Error, { path })
  }
}

const sqliteBusy = 5
