import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SpikeError } from '../errors.ts'
import { makeFolder } from '../files/place.ts'

/** A job says at least so often that it lives; a health check fails when it has not for three times as long. */
export const beatSeconds = 10

let last = Number.NEGATIVE_INFINITY

/**
 * Says that a long-running loop goes round, by touching the file that SPIKE60_HEALTH_FILE names; nothing where it names none.
 * To be called every turn: it writes once a second at most.
 * @throws SpikeError BAD_FILE when the file cannot be written, or holds anything but the time of a touch.
 */
export function touchHealth(path: string | undefined = process.env.SPIKE60_HEALTH_FILE): void {
  if (!path || performance.now() - last < 1_000) return
  if (last === Number.NEGATIVE_INFINITY) refuseOther(path)
  last = performance.now()
  try {
    makeFolder(dirname(path))
    writeFileSync(path, `${new Date().toISOString()}\n`)
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: cannot be written; let SPIKE60_HEALTH_FILE name a file that can`, {
      cause,
    })
  }
}

function refuseOther(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > 0 && (size > 25 || Number.isNaN(Date.parse(readFileSync(path, 'utf8').trim()))))
    throw new SpikeError('BAD_FILE', `${path}: holds something of its own; let SPIKE60_HEALTH_FILE name a new file`)
}

/**
 * @param now milliseconds since the epoch.
 * @throws SpikeError CHECK_FAILED when the file is missing or was not touched within three beats.
 */
export function checkHealth(path: string, now: number): void {
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (touched === undefined)
    throw new SpikeError('CHECK_FAILED', `${path}: does not exist; the job has not begun its loop, or runs without it`)
  const age = (now - touched) / 1000
  if (age > 3 * beatSeconds)
    throw new SpikeError(
      'CHECK_FAILED',
      `${path}: touched ${age.toFixed(0)} s ago, allowed are ${3 * beatSeconds} s; the job hangs or has ended: see its log`,
    )
}
