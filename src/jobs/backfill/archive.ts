import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, productsOf } from '../../config.ts'
import type { MarketEvent } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import { SpikeError } from '../../errors.ts'
import { readEvents } from '../../market/decode/events.ts'
import type { Say } from '../../operations/progress.ts'
import type { Bucket } from '../../stores/s3/client.ts'
import type { Incoming, Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { restoreBronze } from '../archive/restore.ts'
import { ArchiveWriter } from './archive_writer.ts'
import type { Manifest } from './manifest.ts'

/** Raw data in files, or in a bucket as `uploadBronze` put it there; or a topic of market events, from its first record to the end it has now. */
export type EventSource = { raw: string[] } | { bucket: Bucket } | { streams: Streams; topic: string }

/** Of the bronze of a bucket while it is read; no product's folder begins so. */
const bronzeFolder = '.bronze'

/**
 * Puts events into an archive. Decoding is one pass: gaps and repeats are seen in the order of the frames alone.
 * @param archive a folder that is there and empty.
 * @throws SpikeError BAD_FILE, OVERLAPPING_FILES as `readEvents`; as `restoreBronze` and `readAll`; BAD_TABLE where there is not one
 *   event; LOG_CORRUPT for a record that is none.
 */
export async function archiveEvents(
  source: EventSource,
  archive: string,
  config: Config,
  say: Say = () => {},
): Promise<Manifest> {
  const writer = new ArchiveWriter(archive, config)
  let count = 0
  for await (const events of eventsOf(source, archive, config)) {
    for (const event of events) writer.push(event)
    count += events.length
    say('events into the archive', count)
  }
  if (count === 0)
    throw new SpikeError('BAD_TABLE', `${nameOf(source)}: holds no event of ${productsOf(config).join(', ')}`)
  return writer.end()
}

async function* eventsOf(source: EventSource, archive: string, config: Config): AsyncGenerator<MarketEvent[]> {
  if ('streams' in source) {
    for await (const records of readAll(source.streams, source.topic)) yield records.map(eventIn)
    return
  }
  const folder = join(archive, bronzeFolder)
  if ('bucket' in source) {
    mkdirSync(folder)
    await restoreBronze(source.bucket, folder)
  }
  const paths = 'raw' in source ? source.raw : readdirSync(folder).map(name => join(folder, name))
  for await (const { events } of readEvents(paths, config)) yield events
  rmSync(folder, { recursive: true, force: true })
}

function eventIn({ topic, partition, offset, value }: Incoming): MarketEvent {
  const event = decodeEvent(value.toString())
  if (typeof event !== 'string') return event
  throw new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}, partition ${partition}, offset ${offset}: is no market event (${event}); name the topic that ingest fills`,
  )
}

function nameOf(source: EventSource): string {
  if ('raw' in source) return source.raw.join(', ')
  return 'bucket' in source ? source.bucket.place : `topic ${source.topic}`
}
