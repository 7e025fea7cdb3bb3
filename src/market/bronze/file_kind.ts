import type { Micros } from '../../core/events/event.ts'
import { SpikeError } from '../../errors.ts'
import { feedByName, feedOf } from '../feeds/feeds.ts'
import { parseBareLine } from './bare_line.ts'
import { parseBronzeLine } from './line.ts'
import { readLines } from './text_lines.ts'

/** What a file holds, judged by its first usable line. */
export type FileKind =
  | { path: string; kind: 'bronze'; received_at: Micros; feed: string }
  | { path: string; kind: 'bare'; feed: string }

const allowed = 'allowed are bronze lines and Coinbase frames, one a line, plain or .gz or .zst'

/** An ingestor that is killed in its first write leaves a file that holds this and no whole line. */
const bronzeBeginning = '{"received_at":'

/**
 * Looks into every file.
 * @throws SpikeError BAD_FILE with one line for each that is missing, unreadable, empty or without a usable line.
 */
export async function inspectFiles(paths: string[]): Promise<FileKind[]> {
  const kinds: FileKind[] = []
  const faults: string[] = []
  if (paths.length === 0) faults.push(`no file given; ${allowed}`)
  for (const path of paths) {
    try {
      kinds.push(await inspectFile(path))
    } catch (error) {
      if (!(error instanceof SpikeError)) throw error
      faults.push(...error.faults)
    }
  }
  if (faults.length > 0) throw new SpikeError('BAD_FILE', faults)
  return kinds
}

async function inspectFile(path: string): Promise<FileKind> {
  let lines = 0
  for await (const { texts, torn } of readLines(path)) {
    for (const text of texts) {
      if (text.trim() === '') continue
      lines++
      const kind = kindOf(path, text)
      if (kind) return kind
    }
    if (torn && lines === 1 && texts[0].startsWith(bronzeBeginning))
      return { path, kind: 'bronze', received_at: Number.MAX_SAFE_INTEGER, feed: '' }
  }
  throw new SpikeError(
    'BAD_FILE',
    `${path}: ${lines === 0 ? 'is empty' : `has no usable line of ${lines}`}; ${allowed}`,
  )
}

function kindOf(path: string, line: string): FileKind | null {
  const bronze = parseBronzeLine(line)
  if (bronze && feedByName(bronze.feed)) {
    return { path, kind: 'bronze', received_at: bronze.received_at, feed: bronze.feed }
  }
  const frame = parseBareLine(line)?.frame
  const feed = frame && feedOf(frame)
  return feed ? { path, kind: 'bare', feed: feed.name } : null
}
