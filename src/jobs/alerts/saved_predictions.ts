import { metadataKeys } from '../../core/features/metadata.ts'
import type { Said } from '../../core/indicators/alerts/alerts.ts'
import { SpikeError } from '../../errors.ts'
import { readTable } from '../../stores/parquet.ts'

/**
 * What the model of a file of `models/infer.ts --features` says, in the order (product, time).
 * @throws SpikeError BAD_FILE, BAD_TABLE as `readTable`; BAD_TABLE for a file that does not say whose scores it holds.
 */
export async function readSaid(path: string): Promise<Said[]> {
  const { [metadataKeys.model]: model, [metadataKeys.threshold]: threshold } = (await readTable(path, [])).metadata
  if (model === undefined || threshold === undefined)
    throw new SpikeError(
      'BAD_TABLE',
      `${path}: does not say whose scores it holds, and at which threshold; write it with models/infer.ts --features`,
    )
  const { table } = await readTable(path, [model])
  return Array.from(table.columns[model], (probability, row) => ({
    ...{ product: table.product[row], time: table.time[row], probability },
    alarm: probability >= Number(threshold),
  }))
}
