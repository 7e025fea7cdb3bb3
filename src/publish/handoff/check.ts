import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { replay } from '../../jobs/replay/replay.ts'
import { infer } from '../../jobs/score/file.ts'
import { quoted, withDuckDB } from '../../stores/duckdb.ts'
import { verifyManifest } from './manifest.ts'

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
    await infer({ features, model: join(folder, model), out: predictions })
    const different = await countDifferent(predictions, join(folder, slice.predictions))
    if (different > 0)
      throw new SpikeError('CHECK_FAILED', `${folder}: ${different} predictions differ from ${slice.predictions}`)
    return { files: Object.keys(files).length, rows, digest, simulated }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Rows that are in one Parquet file and not, value for value, in the other. */
async function countDifferent(a: string, b: string): Promise<number> {
  return withDuckDB(async connection => {
    const [left, right] = [a, b].map(path => `SELECT * FROM read_parquet(${quoted(path)})`)
    const result = await connection.run(
      `SELECT count(*)::DOUBLE FROM ((${left} EXCEPT ALL ${right}) UNION ALL (${right} EXCEPT ALL ${left}))`,
    )
    return Number((await result.getRows())[0][0])
  })
}
