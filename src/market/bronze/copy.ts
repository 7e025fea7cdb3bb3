import type { IngestCounts } from '../ingest_options.ts'
import { readRaw } from './raw.ts'
import type { Role } from './record.ts'
import type { BronzeWriter } from './write.ts'

/**
 * Writes bronze anew, merged as a replay reads it: connections, roles and times of receipt stay as they were. Lines that are
 * not bronze are left out.
 * @returns the counts as if it had just been received.
 * @throws SpikeError as `readRaw` does; what the disk said.
 */
export async function copyBronze(paths: string[], bronze: BronzeWriter): Promise<IngestCounts> {
  const counts: IngestCounts = { frames: 0, bytes: 0, reconnects: 0, stale: 0, from: null, to: null }
  const opened = new Set<Role | undefined>()
  for await (const { received_at, connection, role, backfill, control, text, dead } of readRaw(paths)) {
    if (received_at === null) continue
    const marks = { role, backfill }
    if (control !== undefined) {
      bronze.control(connection, received_at, control, marks)
      if (control === 'open' && opened.has(role)) counts.reconnects++
      if (control === 'open') opened.add(role)
      if (control === 'stale') counts.stale++
    } else if (text !== undefined && dead !== 'bad_line') {
      bronze.frame(connection, received_at, text, marks)
      if (backfill) continue
      counts.frames++
      counts.bytes += text.length
      counts.from ??= received_at
      counts.to = received_at
    }
  }
  bronze.flush(true)
  return counts
}

/** Whether bronze files hold what two connections to the same products brought at once. */
export async function holdsTwoConnections(paths: string[]): Promise<boolean> {
  for await (const { role } of readRaw(paths)) if (role !== undefined) return true
  return false
}
