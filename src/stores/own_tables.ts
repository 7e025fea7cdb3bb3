import { statSync } from 'node:fs'
import { SpikeError } from '../errors.ts'
import { othersFile } from '../files/keep_others.ts'
import { readMetadata, withDuckDB } from './duckdb.ts'
import { openParquet } from './parquet_file.ts'

/**
 * Checks, before any work, that Parquet files which would be replaced were written by us; see `keepOthers`.
 * @throws SpikeError BAD_FILE, one line for each file that says nothing of spike60 in its metadata.
 */
export async function refuseOtherTables(paths: string[]): Promise<void> {
  const faults: string[] = []
  for (const path of paths)
    if (statSync(path, { throwIfNoEntry: false })?.size && !(await isOwn(path))) faults.push(othersFile(path))
  if (faults.length > 0) throw new SpikeError('BAD_FILE', faults)
}

function isOwn(path: string): Promise<boolean> {
  return withDuckDB(async connection => {
    try {
      await openParquet(connection, path)
      return Object.keys(await readMetadata(connection, path)).length > 0
    } catch (error) {
      if (error instanceof SpikeError) return false
      throw error
    }
  })
}
