import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { metadataKeys } from '../core/features/metadata.ts'
import type { FeatureTable } from '../core/features/table.ts'
import type { Evaluation } from '../core/models/judge/evaluation.ts'
import { SpikeError } from '../errors.ts'
import { digestOf } from '../stores/digest.ts'
import type { Metadata } from '../stores/metadata.ts'
import { readTable } from '../stores/parquet.ts'

/**
 * The rows that a run was trained on: the file that its evaluation names, the same to the digest.
 * @throws SpikeError BAD_FILE when there is none, or another run has replaced it.
 */
export async function readRunFeatures(
  run: string,
  { source }: Evaluation,
): Promise<{ path: string; table: FeatureTable; metadata: Metadata }> {
  const path = join(run, source.file)
  if (!existsSync(path)) throw new SpikeError('BAD_FILE', `${path}: does not exist; train again (npm run train)`)
  const { table, metadata } = await readTable(path)
  const found = metadata[metadataKeys.digest] ?? digestOf(table)
  if (found !== source.digest)
    throw new SpikeError(
      'BAD_FILE',
      `${path}: has digest ${found}, the evaluation was made of ${source.digest}; train again (npm run train)`,
    )
  return { path, table, metadata }
}
