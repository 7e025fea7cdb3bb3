import { type Config, productsOf } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { readEvents } from '../../market/decode/events.ts'
import type { Say } from '../../operations/progress.ts'
import { ArchiveWriter } from './archive_writer.ts'
import type { Manifest } from './manifest.ts'

/**
 * Puts the events of raw data into an archive. Decoding is one pass: gaps and repeats are seen in the order of the frames alone.
 * @param archive a folder that is there and empty.
 * @throws SpikeError BAD_FILE, OVERLAPPING_FILES; BAD_TABLE where there is not one event.
 */
export async function archiveEvents(
  raw: string[],
  archive: string,
  config: Config,
  say: Say = () => {},
): Promise<Manifest> {
  const writer = new ArchiveWriter(archive, config)
  let count = 0
  for await (const { events } of readEvents(raw, config)) {
    for (const event of events) writer.push(event)
    count += events.length
    say('events into the archive', count)
  }
  if (count === 0)
    throw new SpikeError('BAD_TABLE', `${raw.join(', ')}: holds no event of ${productsOf(config).join(', ')}`)
  return writer.end()
}
