import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'

/**
 * Runs `work` while no other process sends this journal, so that two cannot both create the same run. The lock is an open
 * SQLite transaction: it ends with the process, however that ends.
 * @throws SpikeError MLFLOW_UNAVAILABLE when another process keeps it for longer than `patienceMs`.
 */
export async function withJournalLock<T>(journal: string, work: () => Promise<T>, patienceMs = 60_000): Promise<T> {
  mkdirSync(journal, { recursive: true })
  const database = new DatabaseSync(join(journal, 'lock.db'), { timeout: 0 })
  try {
    for (let waited = 0; !begin(database); waited += 100) {
      if (waited >= patienceMs)
        throw new SpikeError(
          'MLFLOW_UNAVAILABLE',
          `${journal}: another process has been sending this journal for ${patienceMs / 1000} s; wait for it, or end it`,
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
