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
 * @param folder where `raw.ndjson`, and `raw_2.ndjson` … if there are several, are written.
 * @throws SpikeError BAD_FILE when a file cannot be read or no record has a time.
 */
export async function cutSlice(raw: string[], folder: string, minutes: number): Promise<RawSlice> {
  const to = await lastTime(raw)
  const from = to - minutes * 60_000_000
  const lines = new Map<string, string[]>()
  for await (const record of readRaw(raw)) {
    const time = timeOf(record)
    const line = lineOf(record)
    if (time === null || time < from || line === null) continue
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

async function lastTime(raw: string[]): Promise<Micros> {
  let last = Number.NEGATIVE_INFINITY
  for await (const record of readRaw(raw)) last = Math.max(last, timeOf(record) ?? last)
  if (last === Number.NEGATIVE_INFINITY)
    throw new SpikeError('BAD_FILE', `${raw.map(path => basename(path)).join(', ')}: no record has a time`)
  return last
}

function timeOf(record: RawRecord): Micros | null {
  if (record.received_at !== null) return record.received_at
  return record.rejected === undefined && record.text !== undefined ? messageTime(record.text) : null
}

/** The record as a line; null for a line that was not even bronze. */
function lineOf({ received_at, feed, connection, control, text, dead, ...marks }: RawRecord): string | null {
  if (received_at === null) return text === undefined || text.includes('\n') ? null : text
  if (control !== undefined) return controlLine(feed, connection, received_at, control, marks)
  return text === undefined || dead === 'bad_line' || feed === ''
    ? null
    : frameLine(feed, connection, received_at, text, marks)
}
