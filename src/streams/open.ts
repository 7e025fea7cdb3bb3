import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SpikeError } from '../errors.ts'
import { demoPaths, runPaths } from '../run_paths.ts'
import { openEmbedded } from './embedded/streams.ts'
import type { Streams } from './port.ts'

/**
 * Opens the topics that `spec` names: `embedded` (data/streams.db), `demo` (what a demo in this folder left), `embedded://FILE`,
 * `kafka://HOST:PORT[,HOST:PORT]`.
 * @param log an embedded log that is not there is made, or refused by whoever wants only what is there.
 * @throws SpikeError BAD_ARGUMENT on anything else, LOG_CORRUPT for a log that must not be read, TOPIC_UNKNOWN for one that is
 * not there.
 */
export async function openStreams(spec: string, log: 'made' | 'there' = 'made'): Promise<Streams> {
  const [path] = logFiles(spec)
  if (path !== undefined) {
    if (log === 'there' && !statSync(path, { throwIfNoEntry: false })?.size)
      throw new SpikeError(
        'TOPIC_UNKNOWN',
        `${path}: there is no topic log; fill one with ingest or feed, or name the one that is meant with --topics${
          spec === 'embedded' && existsSync(newestDemoLog()) ? ' (demo is that of the demo)' : ''
        }`,
      )
    return openEmbedded(resolve(path))
  }
  if (/^kafka:\/\/[^\s:,/]+:\d+(,[^\s:,/]+:\d+)*$/.test(spec) && portsOf(spec).every(isPort)) {
    const { openKafka } = await import('./kafka/streams.ts')
    return openKafka(spec.slice('kafka://'.length).split(','))
  }
  throw new SpikeError(
    'BAD_ARGUMENT',
    `--topics takes embedded, demo, embedded://FILE or kafka://HOST:PORT[,HOST:PORT], not '${spec}'`,
  )
}

/** `openStreams` where nothing on this thread may wait for a disk: an embedded log has one of its own. */
export async function openStreamsBeside(spec: string): Promise<Streams> {
  const [path] = logFiles(spec)
  if (path === undefined) return openStreams(spec)
  const { openBeside } = await import('./embedded/beside.ts')
  return openBeside(resolve(path))
}
const portsOf = (spec: string): number[] => [...spec.matchAll(/:(\d+)(?=,|$)/g)].map(([, port]) => Number(port))
const isPort = (port: number): boolean => port >= 1 && port <= 65_535

/** The embedded log that `spec` names, and the files that SQLite keeps beside it; none of a broker. */
export function logFiles(spec: string): string[] {
  const log = logOf(spec)
  return log === undefined ? [] : [log, `${log}-wal`, `${log}-shm`]
}

function logOf(spec: string): string | undefined {
  if (spec === 'embedded') return runPaths.log
  return spec === 'demo' ? newestDemoLog() : /^embedded:\/\/(.+)/s.exec(spec)?.[1]
}

/** Demos record beside what is not theirs to replace: the log of the last one; where there is none, that of the next. */
function newestDemoLog(): string {
  let newest = { log: demoPaths(1).log, at: 0 }
  for (let attempt = 1; existsSync(dirname(demoPaths(attempt).log)); attempt++) {
    const { log } = demoPaths(attempt)
    const at = statSync(log, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (at > newest.at) newest = { log, at }
  }
  return newest.log
}
