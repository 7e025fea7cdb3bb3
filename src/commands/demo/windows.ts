import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { decodeWindow, type WindowRow } from '../../core/indicators/windows/window_row.ts'
import { SpikeError } from '../../errors.ts'
import { runAlerts } from '../../jobs/alerts/run.ts'
import { byWindow, replayWindows } from '../../jobs/windows/replay.ts'
import { runWindows } from '../../jobs/windows/run.ts'
import { runPaths } from '../../run_paths.ts'
import { windowsDigest, writeWindows } from '../../stores/windows.ts'
import type { Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'

export interface DemoWindows {
  /** Windows that no trade will change any more, of all sets. */
  final: number
  /** Of these: live on the topic and replayed from bronze. */
  digest: string
  late: number
  /** By rule. */
  alerts: Record<string, number>
  /** Null where there was no window. */
  file: string | null
}

/**
 * Folds the trades of a demo's topic into windows by the live job, gives their alerts, and compares the final windows with those
 * of the bronze replayed.
 * @throws SpikeError DIGEST_MISMATCH where these differ.
 */
export async function foldWindows(
  streams: Streams,
  config: Config,
  bronze: string[],
  out: string,
): Promise<DemoWindows> {
  const { raw, windows } = config.topics
  const finish = AbortSignal.abort()
  const { late } = await runWindows({ streams, config, topicIn: raw.name, finish })
  const alerts = await runAlerts({ streams, config, predictions: 'ticks.predictions', finish })
  const live: WindowRow[] = []
  for await (const records of readAll(streams, windows.name))
    for (const { value } of records) {
      const row = decodeWindow(value.toString())
      if (row?.final) live.push(ownColumns(row))
    }
  const { rows } = await replayWindows(bronze, config, config.windows)
  const final = rows.filter(row => row.final)
  const digest = windowsDigest(live.sort(byWindow))
  if (digest !== windowsDigest(final))
    throw new SpikeError(
      'DIGEST_MISMATCH',
      `${live.length} final windows on ${windows.name} are not the ${final.length} of their bronze; compare both`,
    )
  const file = rows.length > 0 ? join(out, runPaths.windows) : null
  if (file !== null) await writeWindows(file, rows, { [metadataKeys.digest]: windowsDigest(rows) })
  return { final: live.length, digest, late: late.events, alerts, file }
}

/** Without what the topic tells of its product too. */
function ownColumns(row: WindowRow): WindowRow {
  const { base_asset: _, quote_asset: __, category: ___, ...own } = row as WindowRow & Record<string, unknown>
  return own as WindowRow
}
