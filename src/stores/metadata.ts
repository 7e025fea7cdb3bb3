import { metadataKeys } from '../core/features/metadata.ts'

/** Key-value metadata of a Parquet file; ours are `metadataKeys`. */
export type Metadata = Record<string, string>

/** Whether a feature file holds a row of the simulated exchange. */
export function simulatedFile(metadata: Metadata): boolean {
  return metadata[metadataKeys.simulated] === 'true'
}
