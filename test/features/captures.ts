import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readConfig } from '../../config.ts'
import type { MarketEvent } from '../../features/event.ts'
import { frameLine } from '../../market/bronze_line.ts'
import { readEvents } from '../../market/events.ts'
import { feedByName } from '../../market/feeds.ts'
import { readRaw } from '../../market/raw.ts'
import { findShared } from '../reference.ts'

/** Paths of all Coinbase captures that are here, by a short name. */
export const captures: { name: string; path: string }[] = [
  'coinbase-all-channels-24s.jsonl.zst',
  'coinbase-exchange-2025-11-legacy.ndjson.gz',
  'coinbase-ticker-2025-12-05.ndjson.gz',
  'coinbase-ticker-2025-12-06.ndjson.gz',
  'coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz',
  'coinbase-ticker-2026-04-04T0319-btc-eth.ndjson.gz',
  'coinbase-ticker-2026-04-04T2113.ndjson.gz',
  'coinbase-ticker-2026-04-04T2254.ndjson.gz',
].flatMap(file => {
  const path = findShared(`captures/${file}`)
  return path ? [{ name: basename(path).split('.')[0], path }] : []
})

export async function eventsOf(...paths: string[]): Promise<MarketEvent[]> {
  const all: MarketEvent[] = []
  for await (const { events } of readEvents(paths, readConfig())) for (const event of events) all.push(event)
  return all
}

/** A capture as an ingestor would have recorded it: bronze lines, each received right after it was sent. */
export async function bronzeLinesOf(path: string): Promise<string[]> {
  const lines: string[] = []
  let now = 0
  for await (const { feed, connection, frame, text } of readRaw([path])) {
    const time = feedByName(feed)?.read(frame as object).time ?? now
    now = Math.max(now + 1, time + 20_000)
    lines.push(frameLine(feed, connection, now, text!))
  }
  return lines
}

/** Writes lines of bronze to a file of its own. @returns its path. */
export function writeBronze(directory: string, name: string, lines: string[]): string {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, `${name}.ndjson`)
  writeFileSync(path, lines.map(line => `${line}\n`).join(''))
  return path
}
