import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Config } from '../../config.ts'
import type { MarketEvent } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import { ProductEngine } from '../../core/features/engine.ts'
import { futureVolatility, horizonSeconds } from '../../core/features/label.ts'
import { RowCollector } from '../../core/features/rows.ts'
import { type FeatureTable, takeRows } from '../../core/features/table.ts'
import { countBelow } from '../../core/math/search.ts'
import { SpikeError } from '../../errors.ts'
import { HighWater } from './high_water.ts'
import type { Segment } from './manifest.ts'
import type { Chunk } from './plan.ts'

/**
 * The rows of a chunk, with sigma_future, as a replay of all events would give them; and how many events were taken in.
 * @throws SpikeError BAD_FILE where a segment is torn, changed or holds what is no event.
 */
export function featurizeChunk(archive: string, chunk: Chunk, config: Config): { table: FeatureTable; events: number } {
  const rows = new RowCollector()
  const end = chunk.to + horizonSeconds * 1e6
  const engine = new ProductEngine(
    chunk.product,
    { ...config.time, ...config.features },
    {
      row(product, time, values) {
        if (time >= chunk.from && time < end) rows.add(product, time, values)
      },
    },
  )
  let events = 0
  for (const event of eventsOf(archive, chunk, config)) {
    engine.push(event)
    events++
  }
  const table = rows.takeTable()
  table.sigma_future = futureVolatility(table)
  const own = countBelow(table.time, chunk.to)
  return {
    table: takeRows(
      table,
      Int32Array.from({ length: own }, (_, row) => row),
    ),
    events,
  }
}

function* eventsOf(archive: string, { segments, warm, until }: Chunk, { time }: Config): Generator<MarketEvent> {
  for (const segment of segments) {
    const water = new HighWater(time.ahead_limit_s, segment.high_before)
    for (const event of readSegment(archive, segment)) {
      if (water.high !== null && water.high >= until) return
      water.push(event)
      if (water.high !== null && water.high >= warm) yield event
    }
  }
}

function* readSegment(archive: string, { file, events, crc32: expected }: Segment): Generator<MarketEvent> {
  const path = join(archive, file)
  const bytes = readFileSync(path)
  const damaged = (why: string): SpikeError =>
    new SpikeError('BAD_FILE', `${path}: ${why}; make the archive again with --raw`)
  if (crc32(bytes) !== expected) throw damaged('is torn or was changed: its checksum does not fit')
  const lines = bytes.toString('utf8').split('\n')
  if (lines.length - 1 !== events) throw damaged(`holds ${lines.length - 1} events, ${events} are expected`)
  for (let line = 0; line < events; line++) {
    const event = decodeEvent(lines[line])
    if (typeof event === 'string') throw damaged(`line ${line + 1}: ${event}`)
    yield event
  }
}
