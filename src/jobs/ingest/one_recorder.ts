import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { withLock } from '../../files/lock.ts'

/**
 * Runs an ingest while no other one records into the folder: each would publish the whole folder, and fence the other.
 * @throws SpikeError LOCKED, one line that names the process which records there.
 */
export function asOnlyRecorder<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  const todo =
    'end it, name all feeds and products in one ingest, or give this one a folder (--raw) and topics (--topics) of its own'
  return asOnlyOne(
    join(directory, '.ingest'),
    pid => `${directory}: process ${pid} records here already; ${todo}`,
    work,
  )
}

/**
 * The same for an embedded log, whatever the folder: a newer publisher fences an older one.
 * @throws SpikeError LOCKED, one line that names the process which publishes there.
 */
export function asOnlyPublisher<Result>(log: string, work: () => Promise<Result>): Promise<Result> {
  const place = join(dirname(log), `.${basename(log)}.ingest`)
  const todo = 'end it, or give this ingest topics of its own (--topics)'
  return asOnlyOne(place, pid => `${log}: process ${pid} publishes to these topics already; ${todo}`, work)
}

async function asOnlyOne<Result>(
  place: string,
  refusal: (pid: string) => string,
  work: () => Promise<Result>,
): Promise<Result> {
  let isMine = false
  try {
    return await withLock(`${place}.db`, 0, () => {
      isMine = true
      writeFileSync(`${place}.pid`, `${process.pid}`)
      return work()
    })
  } catch (error) {
    if (isMine || !(error instanceof SpikeError) || error.code !== 'LOCKED') throw error
    throw new SpikeError('LOCKED', refusal(pidIn(`${place}.pid`)), { cause: error })
  }
}

/** Who holds it; a moment after it took the lock that is not written yet. */
function pidIn(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '?'
}
