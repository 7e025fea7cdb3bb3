import { createHash } from 'node:crypto'
import { digestedBytes } from '../core/features/digest.ts'
import type { FeatureTable } from '../core/features/table.ts'

/**
 * What says which rows a run made: SHA-256 over `digestedBytes`, in hex. Equal digests, or something is wrong.
 * @example
 * digestOf(replayed) === digestOf(live) // over rows up to the same last event
 */
export function digestOf(table: FeatureTable): string {
  const hash = createHash('sha256')
  for (const block of digestedBytes(table)) hash.update(block)
  return hash.digest('hex')
}
