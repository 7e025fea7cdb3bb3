import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Micros } from '../../core/events/event.ts'
import { SpikeError } from '../../errors.ts'
import { controlLine, frameLine } from '../../market/bronze/line.ts'
import { readRaw } from '../../market/bronze/raw.ts'
import type { RawRecord } from '../../market/bronze/record.ts'
import { messageTime } from '../../market/socket/clock.ts'

export interface RawSlice {
  /** Paths written, in order of reading. */
  files: string[]
  from: Micros
  to: Micros
  lines: number
}

/**
 * Copies the last minutes of raw data, verbatim: as bronze where it is known when a frame was received, else as the bare
 * frames, a file for each file they come from. Raw data is read twice, so that memory stays bounded.
 * Its length is market time, which may run faster than the clock of receipt, as a simulated market's does.
 * @param until they end there, where there is anything before: what was recorded after the run is not of it.
 * @param folder where `raw.ndjson`, and `raw_2.ndjson` … if there are several, are written.
 * @throws SpikeError BAD_FILE when a file cannot be read or no record has a time.
 */
export async function cutSlice(raw: string[], folder: string, minutes: number, until: Micros): Promise<RawSlice> {
  const { first, last: to } = await endsOf(raw, until)
  const from = to - minutes * 60_000_000
  const lines = new Map<string, string[]>()
  const timeOf = marketClock(first)
  for await (const record of readRaw(raw)) {
    const time = timeOf(record)
    const line = lineOf(record)
    if (time === null || time < from || time > to || line === null) continue
    const source = record.received_at === null ? record.file : ''
    const own = lines.get(source)
    if (own === undefined) lines.set(source, [line])
    else own.push(line)
  }
  await mkdir(folder, { recursive: true })
  const files: string[] = []
  for (const group of lines.values()) {
    const path = join(folder, files.length === 0 ? 'raw.ndjson' : `raw_${files.length + 1}.ndjson`)
    await pipeline(Readable.from(group.map(line => `${line}\n`)), createWriteStream(path))
    files.push(path)
  }
  return { files, from, to, lines: [...lines.values()].reduce((sum, group) => sum + group.length, 0) }
}

/** Market time of the first record, and of the last one up to `until`; of the last of all where none is. */
async function endsOf(raw: string[], until: Micros): Promise<{ first: Micros; last: Micros }> {
  let [first, within, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const timeOf = marketClock(Number.NEGATIVE_INFINITY)
  for await (const record of readRaw(raw)) {
    const time = timeOf(record)
    if (time === null || !Number.isFinite(time)) continue
    first = Math.min(first, time)
    last = Math.max(last, time)
    if (time <= until) within = Math.max(within, time)
  }
  if (!Number.isFinite(last))
    throw new SpikeError('BAD_FILE', `${raw.map(path => basename(path)).join(', ')}: no record has a time`)
  return { first, last: Number.isFinite(within) ? within : last }
}

/** A frame further ahead of its receipt has a time that cannot be. */
const aheadLimit: Micros = 60_000_000

/**
 * Market time of one record after the other: of bronze the highest that its frames have told so far, which what has no time of its own
 * shares; of a bare frame its own, null where it has none or a false one.
 * @param start before any frame has told it.
 */
function marketClock(start: Micros): (record: RawRecord) => Micros | null {
  let now = start
  return ({ received_at, rejected, text }) => {
    const own = rejected === undefined && text !== undefined ? messageTime(text) : null
    if (received_at === null) return own
    if (own !== null && own <= received_at + aheadLimit) now = Math.max(now, own)
    return now
  }
}

/** The record as a line; null for a line that was not even bronze. */
function lineOf({ received_at, feed, connection, control, text, dead, ...marks }: RawRecord): string | null {
  if (received_at === null) return text === undefined || text.includes('\n') ? null : text
  if (control !== undefined) return controlLine(feed, connection, received_at, control, marks)
  return text === undefined || dead === 'bad_line' || feed === ''
    ? null
    : frameLine(feed, connection, received_at, text, marks)
}
