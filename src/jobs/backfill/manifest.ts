import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Config, configHash } from '../../config.ts'
import { specVersion } from '../../core/features/spec.ts'
import { SpikeError } from '../../errors.ts'
import { readText } from '../../files/read_text.ts'

/** Some events of one product, in the order in which they arrived, one JSON text a line. */
const segmentSchema = z.object({
  /** Below the archive. */
  file: z.string().min(1),
  /** Place of its first event among those of the product. */
  first: z.int().min(0),
  events: z.int().min(1),
  /** Highest time of any accepted event before it, microseconds; null for none. */
  high_before: z.int().nullable(),
  /** … and up to its last. */
  high: z.int().nullable(),
  crc32: z.int().min(0),
})

const manifestSchema = z.object({
  version: z.literal(1),
  spec_version: z.string(),
  config_hash: z.string(),
  simulated: z.boolean(),
  products: z.record(
    z.string().min(1),
    z.object({
      /** Time of its first accepted event; null where none was. */
      begins: z.int().nullable(),
      segments: z.array(segmentSchema),
    }),
  ),
})

export type Segment = z.infer<typeof segmentSchema>
/** What an archive of events holds: the segments of each product, in their order. */
export type Manifest = z.infer<typeof manifestSchema>

export const manifestName = 'manifest.json'

/**
 * Reads the manifest of an archive and checks that it is one that this program can go on from.
 * @throws SpikeError BAD_FILE where it is missing, damaged, of another spec version or other settings, or where a segment is
 *   missing, stands twice, or leaves a hole.
 */
export function readManifest(archive: string, config: Config): Manifest {
  const path = join(archive, manifestName)
  const refuse = (why: string): never => {
    throw new SpikeError('BAD_FILE', `${path}: ${why}; make the archive again with --raw`)
  }
  let value: unknown
  try {
    value = JSON.parse(readText(path))
  } catch (cause) {
    if (cause instanceof SpikeError) throw cause
    return refuse('is not JSON')
  }
  const read = manifestSchema.safeParse(value)
  if (!read.success) return refuse(`${read.error.issues[0].path.join('.')}: ${read.error.issues[0].message}`)
  const { data } = read
  if (data.spec_version !== specVersion)
    refuse(`is of features of spec version ${data.spec_version}, this program has ${specVersion}`)
  if (data.config_hash !== configHash(config)) refuse('was made with other settings of time, features or label')
  for (const [product, { segments }] of Object.entries(data.products)) {
    let next = 0
    for (const { file, first, events } of segments) {
      if (first !== next)
        refuse(
          `${product}: a segment is ${first > next ? 'missing' : 'doubled'}: event ${next} is next, ${file} begins with ${first}`,
        )
      if (!existsSync(join(archive, file))) refuse(`${product}: ${file} is not there`)
      next = first + events
    }
  }
  return data
}
