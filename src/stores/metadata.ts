import { metadataKeys } from '../core/features/metadata.ts'

/** Key-value metadata of a Parquet file; ours are `metadataKeys`. */
export type Metadata = Record<string, string>

/** Name of the feed that the simulated exchange is recorded under; what comes of it is called simulated everywhere. */
const simulatedFeed = 'simulated'

export function isSimulated(feed: string): boolean {
  return feed === simulatedFeed
}

/** Whether a feature file holds a row of the simulated exchange. */
export function simulatedFile(metadata: Metadata): boolean {
  return metadata[metadataKeys.simulated] === 'true'
}
