import { z } from 'zod'
import { type Config, configHash } from '../../config.ts'
import { specVersion } from '../../core/features/spec.ts'
import { SpikeError } from '../../errors.ts'
import type { Chunk } from './plan.ts'

const endSchema = z.object({
  product: z.string(),
  from: z.int(),
  /** Rows that were written. */
  rows: z.int().min(0),
  /** Events that were taken in, those of the warm-up among them. */
  events: z.int().min(0),
  /** Of the digested bytes of its rows. */
  crc32: z.int().min(0),
  ...{ spec_version: z.string(), config_hash: z.string(), node: z.string(), v8: z.string() },
})

/** What a worker says of a chunk that it has done. */
export type EndRecord = z.infer<typeof endSchema>

/** What must be the same wherever a chunk is done, so that its rows have the same bits. */
export const engineOf = (config: Config): Pick<EndRecord, 'spec_version' | 'config_hash' | 'node' | 'v8'> => ({
  ...{ spec_version: specVersion, config_hash: configHash(config) },
  ...{ node: process.versions.node, v8: process.versions.v8 },
})

/**
 * Checks a worker's answer for a chunk.
 * @throws SpikeError CHECK_FAILED where it is no end record of that chunk, or of another program, configuration or Node.
 */
export function checkEnd(line: string, { product, from }: Pick<Chunk, 'product' | 'from'>, config: Config): EndRecord {
  const refuse = (why: string): never => {
    throw new SpikeError('CHECK_FAILED', `chunk ${product} from ${new Date(from / 1000).toISOString()}: ${why}`)
  }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return refuse('the answer of its worker is not JSON')
  }
  const { data } = endSchema.safeParse(value)
  if (data === undefined) return refuse('the answer of its worker is no end record')
  if (data.product !== product || data.from !== from)
    return refuse(`its worker answered for ${data.product} ${data.from}`)
  for (const [name, expected] of Object.entries(engineOf(config))) {
    const found = data[name as keyof EndRecord]
    if (found !== expected)
      refuse(`its worker has ${name} ${found}, this program ${expected}: use the same on all machines`)
  }
  return data
}
