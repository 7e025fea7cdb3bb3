import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { replay } from '../../jobs/replay/replay.ts'
import { infer } from '../../jobs/score/file.ts'
import { withDuckDB } from '../../stores/duckdb.ts'
import { openParquet, readingParquet } from '../../stores/parquet_file.ts'
import { verifyManifest } from './verify.ts'

export interface HandoffCheck {
  files: number
  rows: number
  digest: string
  simulated: boolean
}

/**
 * Uses a hand-off folder alone: verifies every sum, replays the raw slice with the folder's settings, scores it with the
 * folder's model, and compares with the folder's digest and predictions.
 * @throws SpikeError CHECK_FAILED or DIGEST_MISMATCH, one line a fault.
 */
export async function checkHandoff(folder: string): Promise<HandoffCheck> {
  const { files, slice, model, simulated } = verifyManifest(folder)
  const scratch = mkdtempSync(join(tmpdir(), 'spike60-handoff-'))
  try {
    const features = join(scratch, 'replayed.parquet')
    const predictions = join(scratch, 'scored.parquet')
    const config = readConfig(join(folder, 'config.yaml'))
    const { digest, rows } = await replay({ raw: slice.raw.map(path => join(folder, path)), out: features, config })
    if (digest !== slice.digest)
      throw new SpikeError(
        'DIGEST_MISMATCH',
        `${folder}: the slice gives rows of digest ${digest}, the manifest says ${slice.digest}`,
      )
    if ((await countDifferent(features, join(folder, slice.features))) > 0)
      throw new SpikeError('CHECK_FAILED', `${folder}: the rows of the slice differ from ${slice.features}`)
    await infer({ features, model: join(folder, model), out: predictions })
    const different = await countDifferent(predictions, join(folder, slice.predictions))
    if (different > 0)
      throw new SpikeError(
        'CHECK_FAILED',
        `${folder}: ${Number.isFinite(different) ? different : 'the columns of the'} predictions differ from ${slice.predictions}`,
      )
    return { files: Object.keys(files).length, rows, digest, simulated }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Rows, or columns, that are in one Parquet file and not, value for value, in the other. */
async function countDifferent(a: string, b: string): Promise<number> {
  return withDuckDB(async connection => {
    const files = await Promise.all([a, b].map(path => openParquet(connection, path)))
    const columns = files.map(({ types }) => [...types].join('\n'))
    if (columns[0] !== columns[1]) return Number.POSITIVE_INFINITY
    const [left, right] = files.map(({ from }) => `SELECT * FROM ${from}`)
    return await readingParquet(b, async () => {
      const result = await connection.run(
        `SELECT count(*)::DOUBLE FROM ((${left} EXCEPT ALL ${right}) UNION ALL (${right} EXCEPT ALL ${left}))`,
      )
      return Number((await result.getRows())[0][0])
    })
  })
}
