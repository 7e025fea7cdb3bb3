import type { Micros } from '../../core/events/event.ts'
import { SpikeError } from '../../errors.ts'
import { coinbase } from '../feeds/coinbase.ts'
import { feedByName, feedOf } from '../feeds/feeds.ts'
import { asObject, parseJson } from '../feeds/reading.ts'
import { parseBareLine } from './bare_line.ts'
import { type CsvLayout, csvLayoutOf } from './csv_layout.ts'
import { parseBronzeLine } from './line.ts'
import type { Lines } from './text_lines.ts'

/** What a file holds, judged by its first usable line. */
export type FileKind =
  | { path: string; kind: 'bronze'; received_at: Micros; feed: string }
  /** With `csv` its lines are rows of ticks. */
  | { path: string; kind: 'bare'; feed: string; csv?: CsvLayout }

/** What a file of market data may hold. */
export const allowed =
  'allowed are bronze lines, Coinbase frames as recorders write them, and CSV of quotes or trades; plain or .gz or .zst'

/** An ingestor that is killed in its first write leaves a file that holds this and no whole line. */
const bronzeBeginning = '{"received_at":'

/**
 * Looks into the lines of a file, as far as its first usable one.
 * @param path as errors name it.
 * @param name of the file without folders.
 * @param notes what `lines` has told so far.
 * @throws SpikeError BAD_FILE when it is empty or has no usable line.
 */
export async function kindOfLines(
  path: string,
  name: string,
  lines: AsyncIterable<Lines>,
  notes: readonly string[],
): Promise<FileKind> {
  let count = 0
  let what = ''
  for await (const { texts, torn } of lines) {
    for (const text of texts) {
      if (text.trim() === '') continue
      if (count++ === 0) what = describe(text)
      const kind = kindOf(path, text)
      if (kind) return kind
      if (count > 1) continue
      const csv = csvLayoutOf(text, name)
      if (typeof csv === 'string') what = csv
      else if (csv) return { path, kind: 'bare', feed: coinbase.name, csv }
    }
    if (torn && count === 1 && texts[0].startsWith(bronzeBeginning))
      return { path, kind: 'bronze', received_at: Number.MAX_SAFE_INTEGER, feed: '' }
  }
  const none = count === 0 ? 'is empty' : `has no usable line of ${count}: the first ${what}`
  throw new SpikeError('BAD_FILE', `${path}: ${[...notes, none].join('; ')}; ${allowed}`)
}

/** What a line is that is none of ours. */
function describe(line: string): string {
  const value = parseJson(line)
  const keys = Object.keys(asObject(value) ?? {})
  if (keys.length > 0)
    return `is a JSON object with ${keys
      .slice(0, 5)
      .map(key => JSON.stringify(key.slice(0, 30)).slice(1, -1))
      .join(', ')}, which no feed sends`
  if (value !== undefined) return 'is JSON, but no frame of a feed'
  if (/^\s*</.test(line)) return 'looks like HTML or XML'
  return 'is not JSON'
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
