import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'

/**
 * Runs `work` while no other process does the same under `path` (a file ending in `.db`, made if missing). The lock is an open
 * SQLite transaction: it ends with the process, however that ends.
 * @throws SpikeError LOCKED when another process keeps it for longer than `patienceMs`.
 */
export async function withLock<T>(path: string, patienceMs: number, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    for (let waited = 0; !begin(database); waited += 100) {
      if (waited >= patienceMs)
        throw new SpikeError(
          'LOCKED',
          `${path}: another process has held this lock for ${patienceMs / 1000} s; wait for it, or end it`,
        )
      await setTimeout(100)
    }
    return await work()
  } finally {
    database.close()
  }
}

function begin(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false
    throw error
  }
}

const sqliteBusy = 5
