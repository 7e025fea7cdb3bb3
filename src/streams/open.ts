import { resolve } from 'node:path'
import { SpikeError } from '../errors.ts'
import { runPaths } from '../run_paths.ts'
import { openEmbedded } from './embedded/streams.ts'
import type { Streams } from './port.ts'

/**
 * Opens the topics that `spec` names: `embedded` (data/streams.db), `embedded://FILE`, `kafka://HOST:PORT[,HOST:PORT]`.
 * @throws SpikeError BAD_ARGUMENT on anything else, LOG_CORRUPT for a log that must not be read.
 */
export async function openStreams(spec: string): Promise<Streams> {
  if (spec === 'embedded') return openEmbedded(resolve(runPaths.log))
  if (/^embedded:\/\/./.test(spec)) return openEmbedded(resolve(spec.slice('embedded://'.length)))
  if (/^kafka:\/\/[^\s:,/]+:\d+(,[^\s:,/]+:\d+)*$/.test(spec)) {
    const { openKafka } = await import('./kafka/streams.ts')
    return openKafka(spec.slice('kafka://'.length).split(','))
  }
  throw new SpikeError(
    'BAD_ARGUMENT',
    `--topics takes embedded, embedded://FILE or kafka://HOST:PORT[,HOST:PORT], not '${spec}'`,
  )
}
